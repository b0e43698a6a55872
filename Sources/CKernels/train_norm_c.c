// Tier `c`: training's passes over pixels, and which tier has its own.
#define CK_NORM_TIER c
#include "train_norm_tier.h"

#if CK_X86
extern const ck_norm_table ck_norm_table_avx2[2];
extern const ck_norm_table ck_norm_table_avx512[2];
#endif

const ck_norm_table *ck_norm_table_for(ck_train_tier tier, ck_real real) {
  switch (tier) {
#if CK_X86
    case CK_TRAIN_TIER_AVX2:
      return &ck_norm_table_avx2[real];
    case CK_TRAIN_TIER_AVX512:
      return &ck_norm_table_avx512[real];
#endif
    default:
      return &ck_norm_table_c[real];
  }
}
