// Encoder settings, and frames as FFmpeg's pictures without a copy.
import CFFmpeg
import Foundation
import Frames

extension Encoder {
  /// Fills the context before it is opened.
  func configure(_ raw: UnsafeMutablePointer<AVCodecContext>, _ picture: EncoderPicture, _ frame: Frame) {
    raw.pointee.width = Int32(picture.width)
    raw.pointee.height = Int32(picture.height)
    raw.pointee.pix_fmt = picture.format
    raw.pointee.time_base = timeBase(for: frame)
    raw.pointee.framerate = AVRational(num: options.frameRate.num, den: options.frameRate.den)
    raw.pointee.sample_aspect_ratio = AVRational(num: frame.sampleAspectRatio.num, den: frame.sampleAspectRatio.den)
    raw.pointee.colorspace = AVColorSpace(UInt32(picture.color.matrix))
    raw.pointee.color_primaries = AVColorPrimaries(UInt32(picture.color.primaries))
    raw.pointee.color_trc = AVColorTransferCharacteristic(UInt32(picture.color.transfer))
    raw.pointee.color_range = AVColorRange(UInt32(picture.color.range.rawValue))
    raw.pointee.chroma_sample_location = AVChromaLocation(UInt32(picture.color.chromaLocation))
    raw.pointee.thread_count = Int32(max(1, min(16, options.threads)))
    if target.wantsGlobalHeader { raw.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    if target.format == "yuv4mpegpipe" { raw.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL }
    apply(EncoderProfile(codec: String(copying: codec.pointee.name), options: options), to: raw)
  }

  private func apply(_ profile: EncoderProfile, to raw: UnsafeMutablePointer<AVCodecContext>) {
    if !profile.isIntra {
      // Some containers claim rates that no video has.
      let rate = min(300, options.frameRate.value)
      raw.pointee.gop_size = Int32(max(1, min(1e6, (rate * options.keyInterval).rounded())))
    }
    if let quantizer = profile.quantizer {
      raw.pointee.flags |= AV_CODEC_FLAG_QSCALE
      raw.pointee.global_quality = Int32(quantizer) * FF_QP2LAMBDA
    }
    for (name, value) in profile.options {
      let code = av_opt_set(raw, name, value, AV_OPT_SEARCH_CHILDREN)
      if code < 0 { options.diagnostics?("encoder \(self.name) does not take \(name)=\(value)") }
    }
  }

  /// The frame's own time base, except for MPEG-4 part 2, which counts in 16 bits.
  private func timeBase(for frame: Frame) -> AVRational {
    let is16Bit = codec.pointee.id == AV_CODEC_ID_MPEG4 && frame.timeBase.den > 65535
    if is16Bit || !frame.timeBase.isPositive { return AVRational(num: 1, den: 60000) }
    return AVRational(num: frame.timeBase.num, den: frame.timeBase.den)
  }

  /// Lets `raw` refer to the frame's planes and keep the frame alive as long as the encoder needs them.
  func point(_ raw: UnsafeMutablePointer<AVFrame>, at frame: Frame) {
    guard let picture else { return }
    raw.pointee.width = Int32(frame.width)
    raw.pointee.height = Int32(frame.height)
    raw.pointee.format = picture.format.rawValue
    let table = PlaneTable(frame)
    raw.pointee.data.0 = UnsafeMutablePointer(mutating: table.data.0)
    raw.pointee.data.1 = UnsafeMutablePointer(mutating: table.data.1)
    raw.pointee.data.2 = UnsafeMutablePointer(mutating: table.data.2)
    (raw.pointee.linesize.0, raw.pointee.linesize.1, raw.pointee.linesize.2) = (
      table.strides.0, table.strides.1, table.strides.2
    )
    let bytes = frame.planes[0].stride * frame.planes[0].height
    raw.pointee.buf.0 = av_buffer_create(
      raw.pointee.data.0, bytes, { opaque, _ in if let opaque { Unmanaged<Frame>.fromOpaque(opaque).release() } },
      Unmanaged.passRetained(frame).toOpaque(), AV_BUFFER_FLAG_READONLY)
    raw.pointee.colorspace = AVColorSpace(UInt32(picture.color.matrix))
    raw.pointee.color_range = AVColorRange(UInt32(picture.color.range.rawValue))
    raw.pointee.color_primaries = AVColorPrimaries(UInt32(picture.color.primaries))
    raw.pointee.color_trc = AVColorTransferCharacteristic(UInt32(picture.color.transfer))
    raw.pointee.sample_aspect_ratio = AVRational(num: frame.sampleAspectRatio.num, den: frame.sampleAspectRatio.den)
    if let quantizer = context?.pointee.global_quality, quantizer > 0 { raw.pointee.quality = quantizer }
    cff_set_frame_duration(raw, frame.duration)
  }
}
