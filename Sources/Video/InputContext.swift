// Opening a container, a URL, a pipe or a device, and closing it again.
import CFFmpeg
import Foundation

/// Owns FFmpeg's open input with the pipe and the interrupt that belong to it.
final class InputContext {
  let interrupt: Interrupt
  private let pipe: InputPipe?
  private var input: UnsafeMutablePointer<AVFormatContext>?

  var raw: UnsafeMutablePointer<AVFormatContext> { input! }
  var formatName: String { String(copying: raw.pointee.iformat.pointee.name) }
  /// Whether positions can be gone back to.
  var isSeekable: Bool {
    pipe == nil && (raw.pointee.pb.map { $0.pointee.seekable & AVIO_SEEKABLE_NORMAL != 0 } ?? true)
  }
  /// Bytes of the whole source; nil when it is not a file.
  var byteCount: Int64? {
    guard isSeekable, let io = raw.pointee.pb else { return nil }
    let size = avio_size(io)
    return size >= 0 ? size : nil
  }

  var streams: [UnsafeMutablePointer<AVStream>] {
    (0..<Int(raw.pointee.nb_streams)).compactMap { raw.pointee.streams[$0] }
  }

  /// - Throws: `VideoError.cannotOpen`, `.notMedia`, `.timedOut`, `.cancelled`, `.badOption`.
  /// - Parameter probes: whether to look into the streams; a plain image says its codec without it.
  init(name: String, options: SourceOptions, interrupt: Interrupt, probes: Bool = true) throws(VideoError) {
    self.interrupt = interrupt
    let place = try SourcePlace(name: name, options: options)
    pipe = place.isPipe ? try InputPipe(path: name, interrupt: interrupt) : nil
    let (result, cause) = MediaLog.listening {
      Result { () throws(VideoError) in try Self.open(place, pipe, options, interrupt, probes) }
    }
    do { input = try result.get() } catch {
      throw Self.explained(error, name: name, cause: cause, interrupt: interrupt)
    }
  }

  deinit { avformat_close_input(&input) }

  private static func open(
    _ place: SourcePlace, _ pipe: InputPipe?, _ options: SourceOptions, _ interrupt: Interrupt, _ probes: Bool
  ) throws(VideoError) -> UnsafeMutablePointer<AVFormatContext> {
    var context = avformat_alloc_context()
    guard let made = context else { throw .cannotOpen(place.name, cause: "no memory") }
    made.pointee.interrupt_callback = interrupt.callback
    if let pipe { made.pointee.pb = pipe.context }
    // A capture device would wait in the kernel, where no interrupt reaches it.
    if place.isDevice { made.pointee.flags |= AVFMT_FLAG_NONBLOCK }
    if options.isLive {
      made.pointee.max_analyze_duration = Int64(AV_TIME_BASE)
      made.pointee.fps_probe_size = 3
    }
    var dictionary = place.dictionary
    defer { av_dict_free(&dictionary) }
    interrupt.arm()
    let code = avformat_open_input(&context, place.url, place.format, &dictionary)
    guard code >= 0, let opened = context else { throw .notMedia(place.name, cause: "\(code)") }
    let unwanted: Set<String> = ["tty", "bin", "xbin", "adf", "idf"]  // text taken for ANSI art
    guard !unwanted.contains(String(copying: opened.pointee.iformat.pointee.name)) else {
      avformat_close_input(&context)
      throw .notMedia(place.name, cause: "\(cff_invalid_data())")
    }
    interrupt.arm()
    let isImage =
      String(copying: opened.pointee.iformat.pointee.name).hasSuffix("_pipe") && opened.pointee.nb_streams > 0
    if probes || !isImage { avformat_find_stream_info(opened, nil) }
    return opened
  }

  /// The error with the cause in words, from the code that `open` put there and from what FFmpeg logged.
  private static func explained(_ error: VideoError, name: String, cause: String?, interrupt: Interrupt) -> VideoError {
    if let stopped = interrupt.error(name) { return stopped }
    guard case .notMedia(_, let number) = error, let number = Int32(number) else { return error }
    let code = FFmpegCode(number)
    if code == .invalidData {
      var about = stat()
      let isEmpty = stat(name, &about) == 0 && about.st_mode & S_IFMT == S_IFREG && about.st_size == 0
      if isEmpty { return .notMedia(name, cause: "the file is empty") }
      if let cause, cause.contains("moov atom not found") {
        return .notMedia(name, cause: "its index (moov) is missing: the file is cut off or still being written")
      }
      return .notMedia(name, cause: cause ?? "no container FFmpeg knows")
    }
    if code == .endOfFile { return .notMedia(name, cause: "it ends before it begins") }
    if code.posix > 0, code.posix < 200 { return .cannotOpen(name, cause: String(cString: strerror(code.posix))) }
    return .cannotOpen(name, cause: code.message)
  }
}

/// What `avformat_open_input` is told about a source.
struct SourcePlace {
  let name: String
  let url: String
  let isPipe: Bool
  let isDevice: Bool
  let format: UnsafePointer<AVInputFormat>?
  var dictionary: OpaquePointer?

  /// - Throws: `VideoError.cannotOpen` for a file that is not there, `.badOption` for an unknown format.
  init(name: String, options: SourceOptions) throws(VideoError) {
    self.name = name
    var about = stat()
    let exists = stat(name, &about) == 0
    let kind = about.st_mode & S_IFMT
    isDevice = exists && kind == S_IFCHR && (name.hasPrefix("/dev/video") || options.format != nil)
    isPipe = name == "-" || exists && !isDevice && (kind == S_IFIFO || kind == S_IFCHR)
    let hasScheme = name.firstMatch(of: /^[a-zA-Z][a-zA-Z0-9+.\-]*:/) != nil
    if !exists, !isPipe, !hasScheme, options.format == nil, !name.contains("%") {
      throw .cannotOpen(name, cause: String(cString: strerror(errno)))
    }
    if exists, kind == S_IFREG, access(name, R_OK) != 0 {
      throw .cannotOpen(name, cause: String(cString: strerror(errno)))
    }
    url = exists && kind == S_IFREG ? "file:" + name : isPipe ? "" : name

    let wanted = options.raw != nil ? "rawvideo" : options.format ?? (isDevice ? "v4l2" : nil)
    format = wanted.flatMap(Self.format(named:))
    if let wanted, format == nil { throw .badOption("no input format '\(wanted)'; `ffmpeg -formats` lists them") }
    for (key, value) in options.ffmpeg { av_dict_set(&dictionary, key, value, 0) }
    if let raw = options.raw {
      av_dict_set(&dictionary, "video_size", "\(raw.width)x\(raw.height)", 0)
      av_dict_set(&dictionary, "pixel_format", raw.pixelFormat, 0)
      av_dict_set(&dictionary, "framerate", raw.frameRate, 0)
    }
  }

  /// A container's or a capture device's format; nil where FFmpeg has none of that name.
  private static func format(named name: String) -> UnsafePointer<AVInputFormat>? {
    if let format = av_find_input_format(name) { return format }
    cff_register_devices()
    return av_find_input_format(name)
  }
}
