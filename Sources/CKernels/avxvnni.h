// What the files of tier `avxvnni` share.
#ifndef CK_AVXVNNI_H
#define CK_AVXVNNI_H

#include "avx2.h"

#if CK_X86

void ck_pack_step_avxvnni(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                          int32_t channels);
void ck_row_avxvnni(const ck_row *row, int32_t width, int32_t vectors);
size_t ck_winograd3x3_packed_size_avxvnni(int32_t c0, int32_t c1, int32_t out_channels);
void ck_winograd3x3_pack_avxvnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                                 int32_t c1, int32_t out_channels);
int32_t ck_winograd3x3_band_avxvnni(int32_t c, int32_t out_channels);
void ck_winograd3x3_u8s8_avxvnni(const ck_winograd_args *args);
int64_t ck_peak_avxvnni(int64_t rounds);

#endif
#endif
