// The transforms of tier `avx2`, which tier `avxvnni` shares.
#ifndef CK_WINOGRAD_AVX2_H
#define CK_WINOGRAD_AVX2_H

#include "avx2.h"
#include "winograd.h"

#if CK_X86

void ck_winograd_vertical_avx2(int16_t *even, int16_t *odd, const uint8_t *a, const uint8_t *b, int32_t pixels,
                               int32_t channels, bool sum, int32_t zero_point);
void ck_winograd_finish_avx2(const ck_winograd_finish *work);

#endif
#endif
