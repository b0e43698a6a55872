// Tier `avx512vnni`: 3x3 and transposed convolutions as rows of products.
#include <string.h>

#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

// Packed 3x3: [block of 64 outputs][ky][source][kx][channel / 4][output][4]; the last block is as wide as its vectors.
// The row of the window and its three columns are one run of bytes in the picture, so a source row is one segment.

/// Packs the channels of one tap for one block, [channel / 4][16 * vectors][4], from weights[o * out_stride + channel];
/// channels past `logical` and outputs past `outputs` are zeros. Returns the end.
static int8_t *pack_tap(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                        int32_t logical, int32_t stored) {
  memset(packed, 0, (size_t)stored * 16 * (size_t)vectors);
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < logical; c++) packed[c / 4 * 64 * vectors + 4 * o + c % 4] = weights[o * out_stride + c];
  }
  return packed + (ptrdiff_t)stored * 16 * vectors;
}

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/// Vectors of 16 channels in the block that begins at channel `first`.
static int32_t block_vectors(int32_t channels, int32_t first) { return (least(CK_BLOCK, channels - first) + 15) / 16; }

static size_t ck_conv3x3_packed_size_avx512vnni(int32_t c0, int32_t c1, int32_t out_channels) {
  return (size_t)ck_round_up(out_channels, 16) * 9 * (size_t)(c0 + c1);
}

static void ck_conv3x3_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0,
                                       int32_t logical1, int32_t c1, int32_t out_channels) {
  const int32_t logical = logical0 + logical1;
  const ptrdiff_t out_stride = (ptrdiff_t)9 * logical;
  for (int32_t first = 0; first < out_channels; first += CK_BLOCK) {
    const int32_t vectors = block_vectors(out_channels, first), outputs = least(CK_BLOCK, out_channels - first);
    const int8_t *block = weights + first * out_stride;
    for (int32_t ky = 0; ky < 3; ky++, block += 3 * logical) {
      for (int32_t kx = 0; kx < 3; kx++) {
        packed = pack_tap(packed, block + kx * logical, out_stride, outputs, vectors, logical0, c0);
      }
      for (int32_t kx = 0; kx < 3 && c1; kx++) {
        packed = pack_tap(packed, block + kx * logical + logical0, out_stride, outputs, vectors, logical1, c1);
      }
    }
  }
}

/// Output row y, the block of channels from `first` on.
static void conv_row(const ck_conv_args *args, int32_t stride, int32_t y, int32_t first) {
  const int32_t sources = args->src[1].data ? 2 : 1;
  const int32_t channels = args->src[0].channels + (sources == 2 ? args->src[1].channels : 0);
  ck_row row = {.segments = 3 * sources,
                .weights = args->weights + (ptrdiff_t)first * 9 * channels,
                .bias = args->bias + first,
                .multiplier = args->multiplier + first,
                .zero_point = args->zero_point,
                .dst = ck_pixel(&args->dst, y, 0) + first,
                .dst_step = args->dst.channels,
                .stored = least(CK_BLOCK, args->dst.channels - first)};
  for (int32_t s = 0; s < row.segments; s++) {
    const ck_view *source = &args->src[s % sources];
    row.src[s] = ck_pixel(source, stride * y + s / sources - 1, -1);
    row.pixel_step[s] = (ptrdiff_t)stride * source->channels;
    row.steps[s] = 3 * source->channels / 4;
  }
  ck_row_avx512vnni(&row, args->dst.width, block_vectors(args->dst.channels, first));
}

/// Rows go in bands: with several blocks of channels, one block's weights stay in the second-level cache for a band
/// while the band's source rows stay there for all blocks; with one block, two rows are just what pooling wants warm.
static void conv(const ck_conv_args *args, int32_t stride) {
  const int32_t band = args->dst.channels > CK_BLOCK ? 8 : 2;
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = least(begin + band, args->row_end);
    for (int32_t first = 0; first < args->dst.channels; first += CK_BLOCK) {
      for (int32_t y = begin; y < end; y++) conv_row(args, stride, y, first);
    }
    if (!args->pooled.data) continue;
    for (int32_t y = begin / 2; y < end / 2; y++) ck_pool_row_avx512vnni(args, y);
  }
}

static void ck_conv3x3_u8s8_avx512vnni(const ck_conv_args *args) { conv(args, 1); }

static void ck_conv3x3_stride2_u8s8_avx512vnni(const ck_conv_args *args) { conv(args, 2); }

// Packed 2x2: [a][b][block of 64 outputs][channel / 4][output][4].

static size_t ck_upconv2x2_packed_size_avx512vnni(int32_t c, int32_t out_channels) {
  return (size_t)4 * (size_t)ck_round_up(out_channels, 16) * (size_t)c;
}

static void ck_upconv2x2_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                         int32_t out_channels) {
  for (int32_t place = 0; place < 4; place++) {
    for (int32_t first = 0; first < out_channels; first += CK_BLOCK) {
      packed = pack_tap(packed, weights + ((ptrdiff_t)4 * first + place) * logical, (ptrdiff_t)4 * logical,
                        least(CK_BLOCK, out_channels - first), block_vectors(out_channels, first), logical, c);
    }
  }
}

/// Source row y to place (a, b) = (place / 2, place % 2) of each window, the block of channels from `first` on.
static void upconv_row(const ck_conv_args *args, int32_t y, int32_t place, int32_t first) {
  const ck_view *source = &args->src[0], *dst = &args->dst;
  const ptrdiff_t place_outputs = (ptrdiff_t)place * ck_round_up(dst->channels, 16);
  const ck_row row = {.src = {ck_pixel(source, y, 0)},
                      .pixel_step = {source->channels},
                      .steps = {source->channels / 4},
                      .segments = 1,
                      .weights = args->weights + (place_outputs + first) * source->channels,
                      .bias = args->bias + first,
                      .multiplier = args->multiplier + first,
                      .zero_point = args->zero_point,
                      .dst = ck_pixel(dst, 2 * y + place / 2, place % 2) + first,
                      .dst_step = (ptrdiff_t)2 * dst->channels,
                      .stored = least(CK_BLOCK, dst->channels - first)};
  ck_row_avx512vnni(&row, source->width, block_vectors(dst->channels, first));
}

static void ck_upconv2x2_u8s8_avx512vnni(const ck_conv_args *args) {
  const int32_t band = 4;
  for (int32_t begin = args->row_begin; begin < args->row_end; begin += band) {
    const int32_t end = least(begin + band, args->row_end);
    for (int32_t place = 0; place < 4; place++) {
      for (int32_t first = 0; first < args->dst.channels; first += CK_BLOCK) {
        for (int32_t y = begin; y < end; y++) upconv_row(args, y, place, first);
      }
    }
  }
}

#pragma clang attribute pop

const ck_table ck_table_avx512vnni = {
    .tier = CK_TIER_AVX512VNNI,
    .conv3x3_packed_size = ck_conv3x3_packed_size_avx512vnni,
    .conv3x3_pack = ck_conv3x3_pack_avx512vnni,
    .conv3x3 = ck_conv3x3_u8s8_avx512vnni,
    .conv3x3_stride2 = ck_conv3x3_stride2_u8s8_avx512vnni,
    .upconv2x2_packed_size = ck_upconv2x2_packed_size_avx512vnni,
    .upconv2x2_pack = ck_upconv2x2_pack_avx512vnni,
    .upconv2x2 = ck_upconv2x2_u8s8_avx512vnni,
    .head_packed_size = ck_head_packed_size_c,
    .head_pack = ck_head_pack_c,
    .head_argmax = ck_head_argmax_u8s8_avx512vnni,
    .blend_row_u8 = ck_blend_row_u8_avx512vnni,
    .blend_row_u16 = ck_blend_row_u16_avx512vnni,
    .count_labels = ck_count_labels_c,
    .peak = ck_peak_avx512vnni,
};
#endif
