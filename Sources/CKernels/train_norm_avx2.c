// Tier `avx2`: training's passes over pixels.
#include "tables.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define CK_NORM_TIER avx2
#include "train_norm_tier.h"
#pragma clang attribute pop
#endif
