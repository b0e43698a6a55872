// Tier `avx2`: its table.
#include "avx2.h"

#if CK_X86

const ck_table ck_table_avx2 = {
    .tier = CK_TIER_AVX2,
    .conv3x3_packed_size = ck_conv3x3_packed_size_avx2,
    .conv3x3_pack = ck_conv3x3_pack_avx2,
    .conv3x3 = ck_conv3x3_u8s8_avx2,
    .conv3x3_stride2 = ck_conv3x3_stride2_u8s8_avx2,
    .winograd3x3_packed_size = ck_winograd3x3_packed_size_avx2,
    .winograd3x3_pack = ck_winograd3x3_pack_avx2,
    .winograd3x3_band = ck_winograd3x3_band_avx2,
    .winograd3x3 = ck_winograd3x3_u8s8_avx2,
    .upconv2x2_packed_size = ck_upconv2x2_packed_size_avx2,
    .upconv2x2_pack = ck_upconv2x2_pack_avx2,
    .upconv2x2 = ck_upconv2x2_u8s8_avx2,
    .upconv4x4_packed_size = ck_upconv4x4_packed_size_avx2,
    .upconv4x4_pack = ck_upconv4x4_pack_avx2,
    .upconv4x4 = ck_upconv4x4_u8s8_avx2,
    .head_packed_size = ck_head_packed_size_avx2,
    .head_pack = ck_head_pack_avx2,
    .head_argmax = ck_head_argmax_u8s8_avx2,
    .blend_row_u8 = ck_blend_row_u8_avx2,
    .blend_row_u16 = ck_blend_row_u16_avx2,
    .count_labels = ck_count_labels_c,
    .scale_yuv_rgb0 = ck_scale_yuv_rgb0_avx2,
    .peak = ck_peak_avx2,
};

#endif
