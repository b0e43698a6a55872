// What the files of tier `avx512vnni` share.
#ifndef CK_AVX512VNNI_H
#define CK_AVX512VNNI_H

#include "rows.h"
#include "tables.h"
#include "view.h"

#if CK_X86
#include <immintrin.h>

void ck_pack_step_avx512vnni(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs,
                             int32_t vectors, int32_t channels);
void ck_row_avx512vnni(const ck_row *row, int32_t width, int32_t vectors);
/// The same for 17 to 24 stored channels, whose weights are packed for it.
void ck_row24_avx512vnni(const ck_row *row, int32_t width);
/// Whether a 3x3 convolution of `logical` of `stored` channels, and `second` of a second source, is the first layer
/// that has its own kernel and packing.
bool ck_conv3x3_takes_rgb_avx512vnni(int32_t logical, int32_t stored, int32_t second, int32_t out_channels);
/// Packs s8 [out_channels, 3, 3, 3].
void ck_conv3x3_pack_rgb_avx512vnni(int8_t *packed, const int8_t *weights, int32_t out_channels);
void ck_conv3x3_rgb_avx512vnni(const ck_conv_args *args, int32_t stride);
void ck_pool_row_avx512vnni(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels);
size_t ck_winograd3x3_packed_size_avx512vnni(int32_t c0, int32_t c1, int32_t out_channels);
void ck_winograd3x3_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0,
                                    int32_t logical1, int32_t c1, int32_t out_channels);
int32_t ck_winograd3x3_band_avx512vnni(int32_t c, int32_t out_channels);
void ck_winograd3x3_u8s8_avx512vnni(const ck_winograd_args *args);
void ck_head_argmax_u8s8_avx512vnni(const ck_head_args *args);
void ck_blend_row_u8_avx512vnni(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                                const uint32_t add[256], size_t count);
void ck_blend_row_u16_avx512vnni(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                                 const uint32_t add[256], size_t count);
void ck_scale_yuv_rgb0_avx512vnni(const ck_scale_args *args);
int64_t ck_peak_avx512vnni(int64_t rounds);

#endif
#endif
