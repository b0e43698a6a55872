// Tier `avx2`: the head, 8 pixels at a time with a pixel in each lane, so that the argmax is a compare per class.
#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/// Most runs of 4 channels that a tile holds: 256 channels.
enum { MOST_STEPS = 64, PIXELS = 8 };

/// All channels of 8 pixels, 4 channels a vector. A last run of less than 16 channels reads on into the bytes that
/// follow, at most 12 past the last pixel, and leaves up to 3 vectors that nobody looks at.
static inline void load_columns(__m256i *columns, const uint8_t *src, int32_t channels) {
  for (int32_t c = 0; c < channels; c += 16) {
    __m256i halves[4];
    for (int i = 0; i < 4; i++) halves[i] = load_halves(src + c + i * channels, src + c + (i + 4) * channels);
    transpose(columns + c / 4, halves);
  }
}

/// Scores of one class for 8 pixels.
static inline __m256 class_scores(const ck_head_args *args, const __m256i *columns, int32_t steps, int32_t k) {
  __m256i acc = _mm256_set1_epi32(args->bias[k]);
  const int8_t *weights = args->weights + (ptrdiff_t)k * 4 * steps;
  for (int32_t s = 0; s < steps; s++, weights += 4) {
    int32_t four;
    __builtin_memcpy(&four, weights, 4);
    const __m256i w = _mm256_set1_epi32(four);
    const __m256i even = _mm256_and_si256(columns[s], _mm256_set1_epi16(255)), odd = _mm256_srli_epi16(columns[s], 8);
    const __m256i even_weights = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), odd_weights = _mm256_srai_epi16(w, 8);
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(even, even_weights));
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(odd, odd_weights));
  }
  return _mm256_mul_ps(_mm256_cvtepi32_ps(acc), _mm256_set1_ps(args->multiplier[k]));
}

/// Labels of 8 pixels.
static inline void label_tile(const ck_head_args *args, const uint8_t *src, uint8_t *labels) {
  __m256i columns[MOST_STEPS + 3];
  __m256 label = _mm256_setzero_ps();
  const int32_t steps = args->src.channels / 4;
  load_columns(columns, src, args->src.channels);
  __m256 best = class_scores(args, columns, steps, 0);
  for (int32_t k = 1; k < args->classes; k++) {
    const __m256 score = class_scores(args, columns, steps, k);
    // Strictly greater: the lowest class keeps a tie.
    const __m256 better = _mm256_cmp_ps(score, best, _CMP_GT_OQ);
    best = _mm256_blendv_ps(best, score, better);
    label = _mm256_blendv_ps(label, _mm256_castsi256_ps(_mm256_set1_epi32(k)), better);
  }
  const __m256i index = _mm256_castps_si256(label);
  const __m128i wide = _mm_packus_epi32(_mm256_castsi256_si128(index), _mm256_extracti128_si256(index, 1));
  _mm_storel_epi64((__m128i *)labels, _mm_packus_epi16(wide, wide));
}

void ck_head_argmax_u8s8_avx2(const ck_head_args *args) {
  const int32_t width = args->src.width;
  if (args->logits || width < PIXELS || args->src.channels > 4 * MOST_STEPS) {
    ck_head_argmax_u8s8_c(args);
    return;
  }
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    uint8_t *labels = args->labels + y * args->labels_stride;
    for (int32_t x = 0; x < width; x += PIXELS) {
      // The last tile reaches back over pixels that are done: they get the same labels again.
      const int32_t from = x + PIXELS <= width ? x : width - PIXELS;
      label_tile(args, ck_pixel(&args->src, y, from), labels + from);
    }
  }
}

#pragma clang attribute pop
#endif
