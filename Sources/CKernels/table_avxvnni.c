// Tier `avxvnni`: its convolutions and its table.
#include "avxvnni.h"

#if CK_X86

enum { BLOCK = 16 };

static const ck_row_kernel kernel = {.lanes = 8,
                                     .block = BLOCK,
                                     .weight_bytes = 1,
                                     .pack_step = ck_pack_step_avxvnni,
                                     .row = ck_row_avxvnni,
                                     .pool_row = ck_pool_row_avx2};

static size_t ck_conv3x3_packed_size_avxvnni(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_rows_conv3x3_packed_size(&kernel, c0, c1, out_channels);
}

static void ck_conv3x3_pack_avxvnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0,
                                    int32_t logical1, int32_t c1, int32_t out_channels) {
  ck_rows_conv3x3_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

static void ck_conv3x3_u8s8_avxvnni(const ck_conv_args *args) { ck_rows_conv3x3(&kernel, args, 1); }

static void ck_conv3x3_stride2_u8s8_avxvnni(const ck_conv_args *args) { ck_rows_conv3x3(&kernel, args, 2); }

static size_t ck_upconv2x2_packed_size_avxvnni(int32_t c, int32_t out_channels) {
  return ck_rows_upconv2x2_packed_size(&kernel, c, out_channels);
}

static void ck_upconv2x2_pack_avxvnni(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                      int32_t out_channels) {
  ck_rows_upconv2x2_pack(&kernel, packed, weights, logical, c, out_channels);
}

static void ck_upconv2x2_u8s8_avxvnni(const ck_conv_args *args) { ck_rows_upconv2x2(&kernel, args); }

static size_t ck_upconv4x4_packed_size_avxvnni(int32_t c, int32_t out_channels) {
  return ck_rows_upconv4x4_packed_size(&kernel, c, out_channels);
}

static void ck_upconv4x4_pack_avxvnni(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                      int32_t out_channels) {
  ck_rows_upconv4x4_pack(&kernel, packed, weights, logical, c, out_channels);
}

static void ck_upconv4x4_u8s8_avxvnni(const ck_conv_args *args) { ck_rows_upconv4x4(&kernel, args); }

const ck_table ck_table_avxvnni = {
    .tier = CK_TIER_AVXVNNI,
    .block = BLOCK,
    .conv3x3_packed_size = ck_conv3x3_packed_size_avxvnni,
    .conv3x3_pack = ck_conv3x3_pack_avxvnni,
    .conv3x3 = ck_conv3x3_u8s8_avxvnni,
    .conv3x3_stride2 = ck_conv3x3_stride2_u8s8_avxvnni,
    .winograd3x3_packed_size = ck_winograd3x3_packed_size_avxvnni,
    .winograd3x3_pack = ck_winograd3x3_pack_avxvnni,
    .winograd3x3_band = ck_winograd3x3_band_avxvnni,
    .winograd3x3 = ck_winograd3x3_u8s8_avxvnni,
    .upconv2x2_packed_size = ck_upconv2x2_packed_size_avxvnni,
    .upconv2x2_pack = ck_upconv2x2_pack_avxvnni,
    .upconv2x2 = ck_upconv2x2_u8s8_avxvnni,
    .upconv4x4_packed_size = ck_upconv4x4_packed_size_avxvnni,
    .upconv4x4_pack = ck_upconv4x4_pack_avxvnni,
    .upconv4x4 = ck_upconv4x4_u8s8_avxvnni,
    .head_packed_size = ck_head_packed_size_avx2,
    .head_pack = ck_head_pack_avx2,
    .head_argmax = ck_head_argmax_u8s8_avx2,
    .blend_row_u8 = ck_blend_row_u8_avx2,
    .blend_row_u16 = ck_blend_row_u16_avx2,
    .count_labels = ck_count_labels_c,
    .scale_yuv_rgb0 = ck_scale_yuv_rgb0_avx2,
    .peak = ck_peak_avxvnni,
};

#endif
