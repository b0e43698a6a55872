// What the files of tier `avxvnni` share.
#ifndef CK_AVXVNNI_H
#define CK_AVXVNNI_H

#include "avx2.h"

#if CK_X86

void ck_pack_step_avxvnni(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                          int32_t channels);
void ck_row_avxvnni(const ck_row *row, int32_t width, int32_t vectors);
int64_t ck_peak_avxvnni(int64_t rounds);

#endif
#endif
