// Tier `avx512` of the training kernels, bf16.
#include "train_rows.h"

#if CK_X86
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), \
                             apply_to = function)

#define DOT(acc, a, w) _mm512_dpbf16_ps(acc, (__m512bh)(a), (__m512bh)(w))
#define ROUND(value) (__m256i) _mm512_cvtneps_pbh(value)

#include "train_tile_avx512.h"

// After it: the gradient by the weights has the same registers.
#include "train_products_avx512.h"

/// 16 numbers, or 8, each in the lower half of a word.
INLINE __m512i lower_halves(const char *numbers, __mmask16 there) {
  return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, numbers));
}

static void pack_pairs(uint32_t *words, ptrdiff_t words_step, const char *first, const char *second, ptrdiff_t step,
                       int32_t count, int32_t channels) {
  for (int32_t c = 0; c < channels; c += 16, first += 32, second = second ? second + 32 : NULL) {
    const __mmask16 there = channels - c < 16 ? 0xff : 0xffff;
    __m512i lower = lower_halves(first, there);
    for (int32_t k = 0; k < count; k++) {
      const __m512i upper = second ? lower_halves(second + k * step, there) : _mm512_setzero_si512();
      const __m512i pair = _mm512_or_si512(lower, _mm512_slli_epi32(upper, 16));
      _mm512_mask_storeu_epi32(words + k * words_step + c, there, pair);
      // The next pair begins where this one ends, or further on.
      if (second == first + step) {
        lower = upper;
      } else if (k + 1 < count) {
        lower = lower_halves(first + (k + 1) * step, there);
      }
    }
  }
}

#define WINO_PAIR 2
#include "train_winograd_tier.h"

static const ck_train_kernel kernel = {.lanes = 16,
                                       .vectors = 3,
                                       .pair = 2,
                                       .row = do_row,
                                       .products = do_products,
                                       .pack_pairs = pack_pairs,
                                       .transforms = &transforms};

#include "train_peak_avx512.h"
#include "train_tier.h"

const ck_train_table ck_train_table_avx512_bf16 = TRAIN_TABLE(CK_TRAIN_TIER_AVX512, CK_REAL_BF16);

#pragma clang attribute pop
#endif
