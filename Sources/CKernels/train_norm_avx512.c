// Tier `avx512`: training's passes over pixels.
#include "tables.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define CK_NORM_TIER avx512
#include "train_norm_tier.h"
#pragma clang attribute pop
#endif
