// Tier `avx512vnni`: the first layer, a 3x3 convolution straight from rgb0.
//
// A window has 27 bytes; taken as nine runs of 4 channels, a quarter of each product would meet zeros. Here the fourth
// bytes of the window's upper two rows carry red and green of its last row, so that seven products do: per row of
// outputs, three rows of runs are laid out anew, in registers.
#include <string.h>

#include "tile_avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

enum {
  MOST_OUTPUTS = 512,  ///< of a row at once
  COLUMNS = 2 * MOST_OUTPUTS + 16,
  STEPS = 7,
};

/// The runs of one row of windows; column u is the source's column u - 1.
typedef struct runs {
  uint32_t upper[COLUMNS];   ///< r, g, b of the window's first row, r of its last
  uint32_t middle[COLUMNS];  ///< r, g, b of its second row, g of its last
  uint32_t lower[COLUMNS];   ///< b of its last row in columns u, u + 1, u + 2, and a byte that meets a zero
} runs;

bool ck_conv3x3_takes_rgb_avx512vnni(int32_t logical, int32_t stored, int32_t second, int32_t out_channels) {
  return logical == 3 && stored == 4 && second == 0 && out_channels <= 64;
}

/// Weight of byte `byte` of step `step`, from [3, 3, 3].
static int8_t weight_of(const int8_t *weights, int32_t step, int32_t byte) {
  const int32_t row = step / 3, column = step % 3;
  if (row == 2) return byte < 3 ? weights[3 * (6 + byte) + 2] : 0;
  return byte < 3 ? weights[3 * step + byte] : weights[3 * (6 + column) + row];
}

void ck_conv3x3_pack_rgb_avx512vnni(int8_t *packed, const int8_t *weights, int32_t out_channels) {
  const int32_t vectors = (out_channels + 15) / 16;
  int8_t four[4 * 64];
  memset(packed, 0, (size_t)(64 * vectors * STEPS));
  for (int32_t step = 0; step < STEPS; step++) {
    for (int32_t i = 0; i < 4 * out_channels; i++) four[i] = weight_of(weights + 27 * (i / 4), step, i % 4);
    ck_pack_step_avx512vnni(packed + 64 * vectors * step, four, 4, out_channels, vectors, 4);
  }
}

/// Bits of a where `mask` has ones, of b elsewhere.
INLINE __m512i chosen(__m512i mask, __m512i a, __m512i b) { return _mm512_ternarylogic_epi32(mask, a, b, 0xca); }

/// Lays out `columns` columns, the first of which is at src in the window's first row.
static void lay_out(runs *to, const uint8_t *src, ptrdiff_t row_stride, int32_t columns) {
  const __m512i rgb = _mm512_set1_epi32(0xffffff), one = _mm512_set1_epi32(0xff), two = _mm512_set1_epi32(0xffff);
  const uint8_t *last = src + 2 * row_stride;
  for (int32_t u = 0; u < columns; u += 16, src += 64, last += 64) {
    const int32_t left = columns - u < 16 ? columns - u : 16;
    const uint32_t mask = (1u << left) - 1;  // nothing is read past the row
    const __m512i first = _mm512_maskz_loadu_epi32((__mmask16)mask, src);
    const __m512i second = _mm512_maskz_loadu_epi32((__mmask16)mask, src + row_stride);
    const __m512i third = _mm512_maskz_loadu_epi32((__mmask16)mask, last);
    const uint32_t next = columns - u > 16 ? 0xffff : mask >> 1, over = columns - u > 17 ? 0xffff : next >> 1;
    const __m512i third1 = _mm512_maskz_loadu_epi32((__mmask16)next, last + 4);
    const __m512i third2 = _mm512_maskz_loadu_epi32((__mmask16)over, last + 8);
    _mm512_storeu_si512(to->upper + u, chosen(rgb, first, _mm512_slli_epi32(third, 24)));
    _mm512_storeu_si512(to->middle + u, chosen(rgb, second, _mm512_slli_epi32(third, 16)));
    const __m512i blue = chosen(one, _mm512_srli_epi32(third, 16), _mm512_srli_epi32(third1, 8));
    _mm512_storeu_si512(to->lower + u, chosen(two, blue, third2));
  }
}

/// Outputs x ..< x + width of row y.
static void rgb_row(const ck_conv_args *args, runs *runs, int32_t stride, int32_t y, int32_t x, int32_t width) {
  const ck_view *source = &args->src[0], *dst = &args->dst;
  lay_out(runs, ck_pixel(source, stride * y - 1, stride * x - 1), source->row_stride, stride * (width - 1) + 3);
  const ptrdiff_t step = 4 * stride;
  const ck_row row = {
      .src = {(uint8_t *)runs->upper, (uint8_t *)runs->middle, (uint8_t *)runs->lower},
      .pixel_step = {step, step, step},
      .steps = {3, 3, 1},
      .segments = 3,
      .weights = args->weights,
      .bias = args->bias,
      .multiplier = args->multiplier,
      .zero_point = args->zero_point,
      .dst = ck_pixel(dst, y, x),
      .dst_step = dst->channels,
      .stored = dst->channels,
  };
  ck_row_avx512vnni(&row, width, (dst->channels + 15) / 16);
}

void ck_conv3x3_rgb_avx512vnni(const ck_conv_args *args, int32_t stride) {
  runs runs;
  const int32_t parts = (args->dst.width + MOST_OUTPUTS - 1) / MOST_OUTPUTS;
  const int32_t most = (args->dst.width + parts - 1) / parts;
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    for (int32_t x = 0; x < args->dst.width; x += most) {
      const int32_t left = args->dst.width - x;
      rgb_row(args, &runs, stride, y, x, left < most ? left : most);
    }
    if (args->pooled.data && y % 2 == 1) ck_pool_row_avx512vnni(args, y / 2, 0, args->dst.channels);
  }
}

#pragma clang attribute pop
#endif
