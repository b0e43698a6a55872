// FFmpeg's libraries as one module, with functions for the macros that Swift cannot import.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/md5.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

/// `AVERROR(e)`: a POSIX error number as FFmpeg returns it.
static inline int cff_error(int posix) { return AVERROR(posix); }
