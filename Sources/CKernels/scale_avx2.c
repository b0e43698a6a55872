// Tier `avx2`: scaling of planar YUV to RGB.
#include "avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "scale.h"

/// Four samples for each of four outputs: 0 and 2 in the low halves, 1 and 3 in the upper ones.
static inline __m256i four_windows(const int16_t *in, const uint16_t *first) {
  const __m128i even = _mm_loadl_epi64((const __m128i *)(in + first[0]));
  const __m128i odd = _mm_loadl_epi64((const __m128i *)(in + first[1]));
  const __m128i even2 = _mm_loadl_epi64((const __m128i *)(in + first[2]));
  const __m128i odd2 = _mm_loadl_epi64((const __m128i *)(in + first[3]));
  return _mm256_set_m128i(_mm_unpacklo_epi64(even2, odd2), _mm_unpacklo_epi64(even, odd));
}

/// Four weights of each of four outputs that are `taps` apart.
static inline __m256i four_weights(const int16_t *weights, int32_t taps) {
  if (taps == 4) return _mm256_loadu_si256((const __m256i *)weights);
  const uint16_t places[4] = {0, (uint16_t)taps, (uint16_t)(2 * taps), (uint16_t)(3 * taps)};
  return four_windows(weights, places);
}

static void scale_across(int16_t *out, const int16_t *in, const ck_scale_axis *axis, int32_t width) {
  int32_t x = 0;
  const int32_t taps = axis->taps;
  for (; x + 8 <= width; x += 8) {
    const int16_t *weights = axis->weights + (ptrdiff_t)x * taps;
    __m256i low = _mm256_setzero_si256(), high = low;
    for (int32_t k = 0; k < taps; k += 4) {
      const __m256i samples = four_windows(in + k, axis->first + x), more = four_windows(in + k, axis->first + x + 4);
      low = _mm256_add_epi32(low, _mm256_madd_epi16(samples, four_weights(weights + k, taps)));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(more, four_weights(weights + 4 * taps + k, taps)));
    }
    // Outputs 0, 1, 4, 5 and 2, 3, 6, 7.
    const __m256i sums = _mm256_add_epi32(_mm256_hadd_epi32(low, high), _mm256_set1_epi32(1 << 13));
    const __m256i ordered = _mm256_permute4x64_epi64(_mm256_srai_epi32(sums, 14), _MM_SHUFFLE(3, 1, 2, 0));
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
    _mm_storeu_si128((__m128i *)(out + x), words);
  }
  for (; x < width; x++) {
    int32_t sum = 1 << 13;
    for (int32_t k = 0; k < taps; k++) sum += in[axis->first[x] + k] * axis->weights[(ptrdiff_t)x * taps + k];
    out[x] = (int16_t)(sum >> 14);
  }
}

void ck_scale_yuv_rgb0_avx2(const ck_scale_args *args) { scale_picture(args, scale_across); }

#pragma clang attribute pop
#endif
