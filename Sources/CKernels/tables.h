// The tables of the tiers, filled in their own files and handed out by table.c.
#ifndef CK_TABLES_H
#define CK_TABLES_H

#include "ckernels.h"

#if defined(__x86_64__)
#define CK_X86 1
#else
#define CK_X86 0
#endif

#if defined(__aarch64__) && defined(__ARM_NEON) && defined(__AARCH64EL__)
#define CK_NEON 1
#else
#define CK_NEON 0
#endif

extern const ck_table ck_table_c;
#if CK_X86
extern const ck_table ck_table_avx2;
extern const ck_table ck_table_avxvnni;
extern const ck_table ck_table_avx512vnni;
#endif
#if CK_NEON
extern const ck_table ck_table_neon;
#endif

// Kernels of tier `c` that other tiers fall back on for what is not worth a fast version.
void ck_head_argmax_u8s8_c(const ck_head_args *args);
size_t ck_head_packed_size_c(int32_t c, int32_t classes);
void ck_head_pack_c(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes);
void ck_blend_row_u8_c(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                       const uint32_t add[256], size_t count);
void ck_blend_row_u16_c(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                        const uint32_t add[256], size_t count);
void ck_count_labels_c(uint32_t counts[256], const uint8_t *labels, size_t count);
void ck_scale_yuv_rgb0_c(const ck_scale_args *args);

size_t ck_winograd3x3_packed_size_c(int32_t c0, int32_t c1, int32_t out_channels);
void ck_winograd3x3_pack_c(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                           int32_t c1, int32_t out_channels);
int32_t ck_winograd3x3_band_c(int32_t c, int32_t out_channels);
void ck_winograd3x3_u8s8_c(const ck_winograd_args *args);
/// Row y of pooled: the maximum of rows 2y and 2y + 1 of dst, pairwise in x.
void ck_pool_row_c(const ck_conv_args *args, int32_t y);

// The kernels of tier `c` that only its table names.
size_t ck_conv3x3_packed_size_c(int32_t c0, int32_t c1, int32_t out_channels);
void ck_conv3x3_pack_c(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                       int32_t c1, int32_t out_channels);
void ck_conv3x3_u8s8_c(const ck_conv_args *args);
void ck_conv3x3_stride2_u8s8_c(const ck_conv_args *args);
size_t ck_upconv2x2_packed_size_c(int32_t c, int32_t out_channels);
void ck_upconv2x2_pack_c(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels);
void ck_upconv2x2_u8s8_c(const ck_conv_args *args);
size_t ck_upconv4x4_packed_size_c(int32_t c, int32_t out_channels);
void ck_upconv4x4_pack_c(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels);
void ck_upconv4x4_u8s8_c(const ck_conv_args *args);
int64_t ck_peak_c(int64_t rounds);

#endif
