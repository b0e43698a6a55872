// What the files of tier `avx2` share.
#ifndef CK_AVX2_H
#define CK_AVX2_H

#include "rows.h"
#include "tables.h"
#include "view.h"

#if CK_X86
#include <immintrin.h>

size_t ck_conv3x3_packed_size_avx2(int32_t c0, int32_t c1, int32_t out_channels);
void ck_conv3x3_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                          int32_t c1, int32_t out_channels);
void ck_conv3x3_u8s8_avx2(const ck_conv_args *args);
void ck_conv3x3_stride2_u8s8_avx2(const ck_conv_args *args);
size_t ck_upconv2x2_packed_size_avx2(int32_t c, int32_t out_channels);
void ck_upconv2x2_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels);
void ck_upconv2x2_u8s8_avx2(const ck_conv_args *args);
size_t ck_upconv4x4_packed_size_avx2(int32_t c, int32_t out_channels);
void ck_upconv4x4_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels);
void ck_upconv4x4_u8s8_avx2(const ck_conv_args *args);
void ck_pool_row_avx2(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels);
size_t ck_head_packed_size_avx2(int32_t c, int32_t classes);
void ck_head_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes);
void ck_head_argmax_u8s8_avx2(const ck_head_args *args);
void ck_blend_row_u8_avx2(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                          const uint32_t add[256], size_t count);
void ck_blend_row_u16_avx2(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                           const uint32_t add[256], size_t count);
size_t ck_winograd3x3_packed_size_avx2(int32_t c0, int32_t c1, int32_t out_channels);
void ck_winograd3x3_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                              int32_t c1, int32_t out_channels);
int32_t ck_winograd3x3_band_avx2(int32_t c, int32_t out_channels);
void ck_winograd3x3_u8s8_avx2(const ck_winograd_args *args);
void ck_scale_yuv_rgb0_avx2(const ck_scale_args *args);
int64_t ck_peak_avx2(int64_t rounds);

#endif
#endif
