// Tier `avx512vnni`: scaling of planar YUV to RGB.
//
// Along a row, the samples of eight outputs lie within one register where the picture shrinks to no less than about a
// third, so that one permutation brings each output its own; smaller pictures are left to tier `avx2`.
#include "avx2.h"
#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)
#include "scale.h"

enum { LANES = 32, OUTPUTS = 8, TAPS = 4 };

/// Sums of pairs, two for each of eight outputs. `first` and the weights are those of the first of the eight.
static inline __m512i pair_sums(const int16_t *in, const uint16_t *first, const int16_t *weights) {
  const __m512i starts = _mm512_cvtepu16_epi64(_mm_loadu_si128((const __m128i *)first));
  // A start in each word, less the block's own, and 0 to 3 for the taps.
  const __m512i steps = _mm512_sub_epi16(_mm512_set1_epi64(0x0003000200010000ll), _mm512_set1_epi16((short)first[0]));
  const __m512i spread = _mm512_shuffle_epi8(starts, _mm512_set4_epi32(0x09080908, 0x09080908, 0x01000100, 0x01000100));
  const __m512i samples = _mm512_permutexvar_epi16(_mm512_add_epi16(spread, steps), _mm512_loadu_si512(in + first[0]));
  return _mm512_madd_epi16(samples, _mm512_loadu_si512(weights));
}

/// Whether one register holds what any eight outputs read.
static inline bool is_close(const ck_scale_axis *axis, int32_t width) {
  if (axis->taps != TAPS) return false;
  for (int32_t x = 0; x + OUTPUTS <= width; x += OUTPUTS) {
    if (axis->first[x + OUTPUTS - 1] - axis->first[x] + TAPS > LANES) return false;
  }
  return true;
}

static void scale_across(int16_t *out, const int16_t *in, const ck_scale_axis *axis, int32_t width) {
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
  int32_t x = 0;
  for (; x + 2 * OUTPUTS <= width; x += 2 * OUTPUTS) {
    const int16_t *weights = axis->weights + (ptrdiff_t)x * TAPS;
    const __m512i low = pair_sums(in, axis->first + x, weights);
    const __m512i high = pair_sums(in, axis->first + x + OUTPUTS, weights + OUTPUTS * TAPS);
    const __m512i sums =
        _mm512_add_epi32(_mm512_permutex2var_epi32(low, even, high), _mm512_permutex2var_epi32(low, odd, high));
    const __m512i rounded = _mm512_srai_epi32(_mm512_add_epi32(sums, _mm512_set1_epi32(1 << 13)), 14);
    _mm256_storeu_si256((__m256i *)(out + x), _mm512_cvtepi32_epi16(rounded));
  }
  for (; x < width; x++) {
    int32_t sum = 1 << 13;
    for (int32_t k = 0; k < TAPS; k++) sum += in[axis->first[x] + k] * axis->weights[(ptrdiff_t)x * TAPS + k];
    out[x] = (int16_t)(sum >> 14);
  }
}

void ck_scale_yuv_rgb0_avx512vnni(const ck_scale_args *args) {
  const bool are_close = is_close(&args->across[0], args->width) && is_close(&args->across[1], args->width);
  if (are_close) {
    scale_picture(args, scale_across);
  } else {
    ck_scale_yuv_rgb0_avx2(args);
  }
}

#pragma clang attribute pop
#endif
