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

static const ck_train_kernel kernel = {.lanes = 16, .pair = 2, .row = do_row, .products = do_products};

#include "train_peak_avx512.h"
#include "train_tier.h"

const ck_train_table ck_train_table_avx512_bf16 = TRAIN_TABLE(CK_TRAIN_TIER_AVX512, CK_REAL_BF16);

#pragma clang attribute pop
#endif
