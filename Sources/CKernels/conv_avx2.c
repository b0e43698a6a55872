// Tier `avx2`: convolutions, patch by patch.
#include <string.h>

#include "patch_avx2.h"

#if CK_X86

// Packed: [place of a transposed convolution][output, rounded up to 8], each by ck_pack_output_avx2 from
// [ky][kx][source][channel].

enum {
  PLANES = 96 << 10,            ///< bytes; with the weights of a few outputs they stay in the second-level cache
  TAIL = 32 * CK_TILE_VECTORS,  ///< a tile may read on past the last plane
};

static const ck_window window3x3 = {3, 1, -1}, window3x3_stride2 = {3, 2, -1}, window1x1 = {1, 1, 0};

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t divided_up(int32_t n, int32_t by) { return (n + by - 1) / by; }

static size_t packed_size(int32_t steps, int32_t outputs) {
  return (size_t)ck_round_up(outputs, 8) * ck_output_size_avx2(steps);
}

size_t ck_conv3x3_packed_size_avx2(int32_t c0, int32_t c1, int32_t out_channels) {
  if (c0 + c1 > CK_MOST_CHANNELS) return ck_conv3x3_packed_size_c(c0, c1, out_channels);
  return packed_size(9 * (c0 + c1) / 4, out_channels);
}

void ck_conv3x3_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                          int32_t c1, int32_t out_channels) {
  const int32_t channels = c0 + c1, logical = logical0 + logical1;
  if (channels > CK_MOST_CHANNELS) {
    ck_conv3x3_pack_c(packed, weights, logical0, c0, logical1, c1, out_channels);
    return;
  }
  int8_t output[9 * CK_MOST_CHANNELS];
  for (int32_t o = 0; o < ck_round_up(out_channels, 8); o++) {
    memset(output, 0, (size_t)(9 * channels));
    for (int32_t tap = 0; tap < 9 && o < out_channels; tap++, weights += logical) {
      memcpy(output + tap * channels, weights, (size_t)logical0);
      memcpy(output + tap * channels + c0, weights + logical0, (size_t)logical1);
    }
    ck_pack_output_avx2(packed, output, 9 * channels / 4);
    packed += ck_output_size_avx2(9 * channels / 4);
  }
}

size_t ck_upconv2x2_packed_size_avx2(int32_t c, int32_t out_channels) {
  if (c > CK_MOST_CHANNELS) return ck_upconv2x2_packed_size_c(c, out_channels);
  return 4 * packed_size(c / 4, out_channels);
}

void ck_upconv2x2_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels) {
  if (c > CK_MOST_CHANNELS) {
    ck_upconv2x2_pack_c(packed, weights, logical, c, out_channels);
    return;
  }
  int8_t output[CK_MOST_CHANNELS];
  for (int32_t place = 0; place < 4; place++) {
    for (int32_t o = 0; o < ck_round_up(out_channels, 8); o++) {
      memset(output, 0, (size_t)c);
      if (o < out_channels) memcpy(output, weights + (4 * o + place) * logical, (size_t)logical);
      ck_pack_output_avx2(packed, output, c / 4);
      packed += ck_output_size_avx2(c / 4);
    }
  }
}

/// The outputs of a patch; `scale` is 2 for a transposed convolution, which has scale * scale places.
static void do_patch(const ck_conv_args *args, const ck_patch *patch, int32_t channels, int32_t scale) {
  int32_t offsets[9 * CK_MOST_CHANNELS / 4];
  ck_patch_offsets(patch, channels / 4, offsets);
  const int32_t steps = patch->window.taps * patch->window.taps * channels / 4;
  const int32_t outputs = (patch->height - 1) * patch->pitch + patch->width, vectors = divided_up(outputs, 8);
  const int32_t tiles = divided_up(vectors, CK_TILE_VECTORS), size = divided_up(vectors, tiles);
  const ck_view *dst = &args->dst;
  for (int32_t first = 0; first < outputs; first += 8 * size) {
    const ck_tile tile = {patch->planes + 4 * first, offsets, steps, args->zero_point};
    const int32_t count = least(8 * size, outputs - first);
    const int8_t *weights = args->weights;
    for (int32_t place = 0; place < scale * scale; place++) {
      uint8_t *to = ck_pixel(dst, scale * patch->y + place / 2, scale * patch->x + place % 2);
      for (int32_t o = 0; o < dst->channels; o += 8, weights += packed_size(steps, 8)) {
        uint8_t codes[8][CK_TILE_PIXELS];
        ck_tile_avx2(&tile, divided_up(count, 8), weights, args->bias + o, args->multiplier + o, codes);
        ck_patch_store(patch, first, count, codes, to + o, scale * dst->row_stride, (ptrdiff_t)scale * dst->channels,
                       least(8, dst->channels - o));
      }
    }
  }
}

/// How many rows of `width` outputs have planes that fit.
static int32_t fitting_rows(const ck_window *window, int32_t channels, int32_t width) {
  const int64_t one = ck_patch_size(window, channels, 1, width), row = ck_patch_size(window, channels, 2, width) - one;
  return PLANES < one ? 0 : (int32_t)least((PLANES - one) / row + 1, INT16_MAX);
}

/// Rows args->row_begin..<row_end of `width` outputs, of each place.
static void do_rows(const ck_conv_args *args, const ck_window *window, int32_t width, int32_t scale) {
  const int32_t channels = args->src[0].channels + (args->src[1].data ? args->src[1].channels : 0);
  // Strips of the full width where 4 rows of it fit: narrower ones waste more at the ends of rows.
  const int32_t wanted = least(4, ck_round_up(args->row_end - args->row_begin, 2));
  int32_t strips = 1;
  while (fitting_rows(window, channels, divided_up(width, strips)) < wanted && width > 32 * strips) strips++;
  while (fitting_rows(window, channels, divided_up(width, strips)) < 2 && width > strips) strips++;
  const int32_t strip = divided_up(width, strips), band = fitting_rows(window, channels, strip) & ~1;
  _Alignas(64) uint8_t planes[PLANES + TAIL];
  for (int32_t y = args->row_begin; y < args->row_end; y += band) {
    const int32_t height = least(band, args->row_end - y);
    for (int32_t x = 0; x < width; x += strip) {
      ck_patch patch = {*window, y, x, height, least(strip, width - x), 0, 0, planes};
      ck_patch_fill(&patch, args->src);
      do_patch(args, &patch, channels, scale);
    }
    if (!args->pooled.data) continue;
    for (int32_t row = y / 2; row < (y + height) / 2; row++) ck_pool_row_avx2(args, row);
  }
}

void ck_conv3x3_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels + (args->src[1].data ? args->src[1].channels : 0) > CK_MOST_CHANNELS) {
    ck_conv3x3_u8s8_c(args);
    return;
  }
  do_rows(args, &window3x3, args->dst.width, 1);
}

void ck_conv3x3_stride2_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels > CK_MOST_CHANNELS) {
    ck_conv3x3_stride2_u8s8_c(args);
    return;
  }
  do_rows(args, &window3x3_stride2, args->dst.width, 1);
}

void ck_upconv2x2_u8s8_avx2(const ck_conv_args *args) {
  if (args->src[0].channels > CK_MOST_CHANNELS) {
    ck_upconv2x2_u8s8_c(args);
    return;
  }
  ck_conv_args one = *args;
  one.src[1].data = NULL;
  one.pooled.data = NULL;
  do_rows(&one, &window1x1, args->src[0].width, 2);
}

#endif
