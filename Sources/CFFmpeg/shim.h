// FFmpeg's libraries as one module, with functions for what Swift cannot import (macros, va_list) and for the places
// where FFmpeg 5, 6 and 7 differ.
#pragma once
#include <dlfcn.h>
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavdevice/version.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/md5.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <malloc.h>
#include <string.h>

// Macros

/// `AVERROR(e)`: a POSIX error number as FFmpeg returns it.
static inline int cff_error(int posix) { return AVERROR(posix); }
/// The POSIX error number in an FFmpeg code.
static inline int cff_unerror(int code) { return AVUNERROR(code); }
static inline int cff_eof(void) { return AVERROR_EOF; }
static inline int cff_again(void) { return AVERROR(EAGAIN); }
static inline int cff_exit(void) { return AVERROR_EXIT; }
static inline int cff_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int cff_not_found(void) { return AVERROR_DECODER_NOT_FOUND; }
static inline int64_t cff_no_pts(void) { return AV_NOPTS_VALUE; }

// Logging

typedef void (*cff_log_sink)(void *context, int level, const char *line);

/// Formats one message of FFmpeg's log into `line`, with the name of the component that says it.
static inline void cff_log_line(void *context, int level, const char *format, va_list arguments, char *line, int size) {
  int prefix = 1;
  av_log_format_line2(context, level, format, arguments, line, size, &prefix);
}

// Where versions differ

/// How long a frame is shown, in ticks; 0 unknown.
static inline int64_t cff_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame->duration;
#else
  return frame->pkt_duration;
#endif
}

/// Has the frames of the packet that is sent next carry `number`; for decoders that give it out in the same call or
/// later.
static inline void cff_number_packet(AVCodecContext *decoder, AVPacket *packet, int64_t number) {
#if LIBAVCODEC_VERSION_MAJOR >= 60
  decoder->flags |= AV_CODEC_FLAG_COPY_OPAQUE;
  packet->opaque = (void *)(intptr_t)number;
#else
  (void)packet;
  decoder->reordered_opaque = number;
#endif
}

/// The number of the packet that a frame was in.
static inline int64_t cff_packet_number(const AVFrame *frame) {
#if LIBAVCODEC_VERSION_MAJOR >= 60
  return (int64_t)(intptr_t)frame->opaque;
#else
  return frame->reordered_opaque;
#endif
}

static inline void cff_set_frame_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  frame->duration = duration;
#else
  frame->pkt_duration = duration;
#endif
}

/// The display matrix of a stream, 9 values, or NULL.
static inline const int32_t *cff_display_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  const AVPacketSideData *data = av_packet_side_data_get(
      stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
  size_t size = 0;
  const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

/// Gives a stream room for a display matrix of 9 values, or NULL without memory.
static inline int32_t *cff_new_display_matrix(AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  AVPacketSideData *data = av_packet_side_data_new(
      &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX, 36, 0);
  return data ? (int32_t *)data->data : NULL;
#else
  return (int32_t *)av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36);
#endif
}

/// Copies what a stream carries beside its codec parameters (display matrix, replay gain, …).
static inline int cff_copy_side_data(AVStream *to, const AVStream *from) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  return 0;  // part of the codec parameters
#else
  for (int i = 0; i < from->nb_side_data; i++) {
    const AVPacketSideData *data = &from->side_data[i];
    uint8_t *copy = av_stream_new_side_data(to, data->type, data->size);
    if (!copy) return AVERROR(ENOMEM);
    memcpy(copy, data->data, data->size);
  }
  return 0;
#endif
}

/// The display matrix of a decoded frame, 9 values, or NULL.
static inline const int32_t *cff_frame_matrix(const AVFrame *frame) {
  const AVFrameSideData *data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
}

/// The pixel formats an encoder takes, ended by AV_PIX_FMT_NONE; NULL means any.
static inline const enum AVPixelFormat *cff_pixel_formats(const AVCodec *codec) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
  const void *formats = NULL;
  avcodec_get_supported_config(NULL, codec, AV_CODEC_CONFIG_PIX_FORMAT, 0, &formats, NULL);
  return (const enum AVPixelFormat *)formats;
#else
  return codec->pix_fmts;
#endif
}

typedef int (*cff_write)(void *opaque, const uint8_t *bytes, int count);
typedef int64_t (*cff_seek)(void *opaque, int64_t offset, int whence);

/// An output context; `buffer` comes from av_malloc and belongs to it.
static inline AVIOContext *cff_output_context(void *buffer, int size, void *opaque, cff_write write, cff_seek seek) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
  return avio_alloc_context(buffer, size, 1, opaque, NULL, write, seek);
#else
  // The bytes became const in FFmpeg 7; the call is the same.
  return avio_alloc_context(buffer, size, 1, opaque, NULL, (int (*)(void *, uint8_t *, int))write, seek);
#endif
}

/// Lets threads share `heaps` heaps: codecs start many, and glibc gives each one of its own with its own unused rest.
static inline void cff_limit_heaps(int heaps) { mallopt(M_ARENA_MAX, heaps); }

/// A function of libavdevice, or null where the library is absent. It is loaded when first asked for: it brings eighty
/// further libraries, sound, windows and voices, which a file needs nothing of.
static inline void *cff_device_function(const char *name) {
  void *library = dlopen("libavdevice.so." AV_STRINGIFY(LIBAVDEVICE_VERSION_MAJOR), RTLD_NOW);
  return library ? dlsym(library, name) : NULL;
}

/// Makes the formats of capture devices known.
static inline void cff_register_devices(void) {
  void (*reg)(void) = (void (*)(void))cff_device_function("avdevice_register_all");
  if (reg) reg();
}

/// libavdevice's version; 0 where it is absent.
static inline unsigned cff_device_version(void) {
  unsigned (*version)(void) = (unsigned (*)(void))cff_device_function("avdevice_version");
  return version ? version() : 0;
}
