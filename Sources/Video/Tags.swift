// What a file says about itself: when and where it was recorded, with what.
import CFFmpeg

/// The tags of a whole file, such as `creation_time` and `location`.
enum Tags {
  /// Tags that describe the container they are in and would be wrong in another one.
  private static let ofTheContainer: Set<String> = [
    "encoder", "major_brand", "minor_version", "compatible_brands", "duration",
  ]

  static func read(_ context: UnsafeMutablePointer<AVFormatContext>) -> [String: String] {
    var tags: [String: String] = [:]
    var entry = av_dict_get(context.pointee.metadata, "", nil, AV_DICT_IGNORE_SUFFIX)
    while let found = entry {
      let key = String(cString: found.pointee.key)
      if !ofTheContainer.contains(key) { tags[key] = String(cString: found.pointee.value) }
      entry = av_dict_get(context.pointee.metadata, "", found, AV_DICT_IGNORE_SUFFIX)
    }
    return tags
  }

  static func write(_ tags: [String: String], to context: UnsafeMutablePointer<AVFormatContext>) {
    for (key, value) in tags { av_dict_set(&context.pointee.metadata, key, value, 0) }
  }
}
