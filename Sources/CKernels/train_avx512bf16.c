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

static void pack_pairs(uint32_t *words, ptrdiff_t words_step, const char *first, const char *second, ptrdiff_t step,
                       int32_t count, int32_t channels) {
  for (int32_t k = 0; k < count; k++, words += words_step, first += step) {
    for (int32_t c = 0; c < channels; c += 16) {
      const __mmask16 there = channels - c < 16 ? 0xff : 0xffff;
      __m512i pair = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, first + 2 * c));
      if (second) {
        const __m512i upper = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, second + k * step + 2 * c));
        pair = _mm512_or_si512(pair, _mm512_slli_epi32(upper, 16));
      }
      _mm512_mask_storeu_epi32(words + c, there, pair);
    }
  }
}

static const ck_train_kernel kernel = {
    .lanes = 16, .vectors = 3, .pair = 2, .row = do_row, .products = do_products, .pack_pairs = pack_pairs};

#include "train_peak_avx512.h"
#include "train_tier.h"

const ck_train_table ck_train_table_avx512_bf16 = TRAIN_TABLE(CK_TRAIN_TIER_AVX512, CK_REAL_BF16);

#pragma clang attribute pop
#endif
