// One table of kernels per tier.
#include "tables.h"

const ck_table ck_table_c = {
    .tier = CK_TIER_C,
    .conv3x3_packed_size = ck_conv3x3_packed_size_c,
    .conv3x3_pack = ck_conv3x3_pack_c,
    .conv3x3 = ck_conv3x3_u8s8_c,
    .conv3x3_stride2 = ck_conv3x3_stride2_u8s8_c,
    .winograd3x3_packed_size = ck_winograd3x3_packed_size_c,
    .winograd3x3_pack = ck_winograd3x3_pack_c,
    .winograd3x3_band = ck_winograd3x3_band_c,
    .winograd3x3 = ck_winograd3x3_u8s8_c,
    .upconv2x2_packed_size = ck_upconv2x2_packed_size_c,
    .upconv2x2_pack = ck_upconv2x2_pack_c,
    .upconv2x2 = ck_upconv2x2_u8s8_c,
    .upconv4x4_packed_size = ck_upconv4x4_packed_size_c,
    .upconv4x4_pack = ck_upconv4x4_pack_c,
    .upconv4x4 = ck_upconv4x4_u8s8_c,
    .head_packed_size = ck_head_packed_size_c,
    .head_pack = ck_head_pack_c,
    .head_argmax = ck_head_argmax_u8s8_c,
    .blend_row_u8 = ck_blend_row_u8_c,
    .blend_row_u16 = ck_blend_row_u16_c,
    .count_labels = ck_count_labels_c,
    .scale_yuv_rgb0 = ck_scale_yuv_rgb0_c,
    .peak = ck_peak_c,
};

const ck_table *ck_table_for(ck_tier tier) {
  if (!ck_tier_supported(tier)) return NULL;
  switch (tier) {
    case CK_TIER_C:
      return &ck_table_c;
#if CK_X86
    case CK_TIER_AVX2:
      return &ck_table_avx2;
    case CK_TIER_AVXVNNI:
      return &ck_table_avxvnni;
    case CK_TIER_AVX512VNNI:
      return &ck_table_avx512vnni;
#endif
#if CK_NEON
    case CK_TIER_NEON:
      return &ck_table_neon;
#endif
    default:
      return NULL;
  }
}
