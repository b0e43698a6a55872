// Tier `avx512vnni`: its convolutions and its table.
#include "avx512vnni.h"

#if CK_X86

enum { BLOCK = 64 };

static const ck_row_kernel kernel = {.lanes = 16,
                                     .block = BLOCK,
                                     .weight_bytes = 1,
                                     .pack_step = ck_pack_step_avx512vnni,
                                     .row = ck_row_avx512vnni,
                                     .pool_row = ck_pool_row_avx512vnni};

static size_t ck_conv3x3_packed_size_avx512vnni(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_rows_conv3x3_packed_size(&kernel, c0, c1, out_channels);
}

static void ck_conv3x3_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0,
                                       int32_t logical1, int32_t c1, int32_t out_channels) {
  if (ck_conv3x3_takes_rgb_avx512vnni(logical0, c0, c1, out_channels)) {
    ck_conv3x3_pack_rgb_avx512vnni(packed, weights, out_channels);
    return;
  }
  ck_rows_conv3x3_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

static void conv3x3(const ck_conv_args *args, int32_t stride) {
  const int32_t second = args->src[1].data ? args->src[1].channels : 0;
  if (ck_conv3x3_takes_rgb_avx512vnni(args->in_channels, args->src[0].channels, second, args->out_channels)) {
    ck_conv3x3_rgb_avx512vnni(args, stride);
  } else {
    ck_rows_conv3x3(&kernel, args, stride);
  }
}

static void ck_conv3x3_u8s8_avx512vnni(const ck_conv_args *args) { conv3x3(args, 1); }

static void ck_conv3x3_stride2_u8s8_avx512vnni(const ck_conv_args *args) { conv3x3(args, 2); }

static size_t ck_upconv2x2_packed_size_avx512vnni(int32_t c, int32_t out_channels) {
  return ck_rows_upconv2x2_packed_size(&kernel, c, out_channels);
}

static void ck_upconv2x2_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                         int32_t out_channels) {
  ck_rows_upconv2x2_pack(&kernel, packed, weights, logical, c, out_channels);
}

static void ck_upconv2x2_u8s8_avx512vnni(const ck_conv_args *args) { ck_rows_upconv2x2(&kernel, args); }

static size_t ck_upconv4x4_packed_size_avx512vnni(int32_t c, int32_t out_channels) {
  return ck_rows_upconv4x4_packed_size(&kernel, c, out_channels);
}

static void ck_upconv4x4_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c,
                                         int32_t out_channels) {
  ck_rows_upconv4x4_pack(&kernel, packed, weights, logical, c, out_channels);
}

static void ck_upconv4x4_u8s8_avx512vnni(const ck_conv_args *args) { ck_rows_upconv4x4(&kernel, args); }

const ck_table ck_table_avx512vnni = {
    .tier = CK_TIER_AVX512VNNI,
    .block = BLOCK,
    .conv3x3_packed_size = ck_conv3x3_packed_size_avx512vnni,
    .conv3x3_pack = ck_conv3x3_pack_avx512vnni,
    .conv3x3 = ck_conv3x3_u8s8_avx512vnni,
    .conv3x3_stride2 = ck_conv3x3_stride2_u8s8_avx512vnni,
    .winograd3x3_packed_size = ck_winograd3x3_packed_size_avx512vnni,
    .winograd3x3_pack = ck_winograd3x3_pack_avx512vnni,
    .winograd3x3_band = ck_winograd3x3_band_avx512vnni,
    .winograd3x3 = ck_winograd3x3_u8s8_avx512vnni,
    .upconv2x2_packed_size = ck_upconv2x2_packed_size_avx512vnni,
    .upconv2x2_pack = ck_upconv2x2_pack_avx512vnni,
    .upconv2x2 = ck_upconv2x2_u8s8_avx512vnni,
    .upconv4x4_packed_size = ck_upconv4x4_packed_size_avx512vnni,
    .upconv4x4_pack = ck_upconv4x4_pack_avx512vnni,
    .upconv4x4 = ck_upconv4x4_u8s8_avx512vnni,
    .head_packed_size = ck_head_packed_size_c,
    .head_pack = ck_head_pack_c,
    .head_argmax = ck_head_argmax_u8s8_avx512vnni,
    .blend_row_u8 = ck_blend_row_u8_avx512vnni,
    .blend_row_u16 = ck_blend_row_u16_avx512vnni,
    .count_labels = ck_count_labels_c,
    .scale_yuv_rgb0 = ck_scale_yuv_rgb0_avx512vnni,
    .peak = ck_peak_avx512vnni,
};

#endif
