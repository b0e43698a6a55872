// Tier `neon`: its convolutions and its table.
#include "neon.h"

#if CK_NEON

enum { BLOCK = 32 };

static const ck_row_kernel kernel = {.lanes = 4,
                                     .block = BLOCK,
                                     .weight_bytes = 1,
                                     .header_bytes = 4,
                                     .pack_step = ck_pack_step_neon,
                                     .pack_header = ck_pack_header_neon,
                                     .row = ck_row_neon,
                                     .pool_row = ck_pool_row_neon};

static size_t ck_conv3x3_packed_size_neon(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_rows_conv3x3_packed_size(&kernel, c0, c1, out_channels);
}

static void ck_conv3x3_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                                 int32_t c1, int32_t out_channels) {
  ck_rows_conv3x3_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

static void ck_conv3x3_u8s8_neon(const ck_conv_args *args) { ck_rows_conv3x3(&kernel, args, 1); }

static void ck_conv3x3_stride2_u8s8_neon(const ck_conv_args *args) { ck_rows_conv3x3(&kernel, args, 2); }

static size_t ck_upconv2x2_packed_size_neon(int32_t c, int32_t out_channels) {
  return ck_rows_upconv2x2_packed_size(&kernel, c, out_channels);
}

static void ck_upconv2x2_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                   int32_t out_channels) {
  ck_rows_upconv2x2_pack(&kernel, packed, weights, logical, c, out_channels);
}

static void ck_upconv2x2_u8s8_neon(const ck_conv_args *args) { ck_rows_upconv2x2(&kernel, args); }

static size_t ck_upconv4x4_packed_size_neon(int32_t c, int32_t out_channels) {
  return ck_rows_upconv4x4_packed_size(&kernel, c, out_channels);
}

static void ck_upconv4x4_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                   int32_t out_channels) {
  ck_rows_upconv4x4_pack(&kernel, packed, weights, logical, c, out_channels);
}

static void ck_upconv4x4_u8s8_neon(const ck_conv_args *args) { ck_rows_upconv4x4(&kernel, args); }

const ck_table ck_table_neon = {
    .tier = CK_TIER_NEON,
    .block = BLOCK,
    .conv3x3_packed_size = ck_conv3x3_packed_size_neon,
    .conv3x3_pack = ck_conv3x3_pack_neon,
    .conv3x3 = ck_conv3x3_u8s8_neon,
    .conv3x3_stride2 = ck_conv3x3_stride2_u8s8_neon,
    .winograd3x3_packed_size = ck_winograd3x3_packed_size_neon,
    .winograd3x3_pack = ck_winograd3x3_pack_neon,
    .winograd3x3_band = ck_winograd3x3_band_neon,
    .winograd3x3 = ck_winograd3x3_u8s8_neon,
    .upconv2x2_packed_size = ck_upconv2x2_packed_size_neon,
    .upconv2x2_pack = ck_upconv2x2_pack_neon,
    .upconv2x2 = ck_upconv2x2_u8s8_neon,
    .upconv4x4_packed_size = ck_upconv4x4_packed_size_neon,
    .upconv4x4_pack = ck_upconv4x4_pack_neon,
    .upconv4x4 = ck_upconv4x4_u8s8_neon,
    .head_packed_size = ck_head_packed_size_neon,
    .head_pack = ck_head_pack_neon,
    .head_argmax = ck_head_argmax_u8s8_neon,
    .blend_row_u8 = ck_blend_row_u8_neon,
    .blend_row_u16 = ck_blend_row_u16_neon,
    .count_labels = ck_count_labels_neon,
    .scale_yuv_rgb0 = ck_scale_yuv_rgb0_c,
    .peak = ck_peak_neon,
};

#endif
