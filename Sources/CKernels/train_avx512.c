// Tier `avx512` of the training kernels, f32.
#include "train_rows.h"

#if CK_X86
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

#define DOT(acc, a, w) _mm512_fmadd_ps(a, w, acc)
#define ROUND(value) round_bf16(value)

/// ck_bf16, for CPUs without an instruction of their own.
static inline __m256i round_bf16(__m512 value) {
  const __m512i bits = _mm512_castps_si512(value);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
  const __mmask16 nan = _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_mask_mov_epi32(rounded, nan, quiet), 16));
}

#include "train_tile_avx512.h"

// After it: the gradient by the weights has the same registers.
#include "train_products_avx512.h"
#define WINO_PAIR 1
#include "train_winograd_tier.h"

static const ck_train_kernel kernel = {
    .lanes = 16, .vectors = 3, .pair = 1, .row = do_row, .products = do_products, .transforms = &transforms};

#include "train_peak_avx512.h"
#include "train_tier.h"

const ck_train_table ck_train_table_avx512_f32 = TRAIN_TABLE(CK_TRAIN_TIER_AVX512, CK_REAL_F32);

#pragma clang attribute pop
#endif
