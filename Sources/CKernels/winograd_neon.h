// The transforms of tier `neon`, as ck_winograd_kernel wants them.
#ifndef CK_WINOGRAD_NEON_H
#define CK_WINOGRAD_NEON_H

#include "tables.h"
#include "winograd.h"

#if CK_NEON

void ck_winograd_vertical_neon(int16_t *even, int16_t *odd, const uint8_t *a, const uint8_t *b, int32_t pixels,
                               int32_t channels, bool sum, int32_t zero_point);
void ck_winograd_horizontal_neon(uint8_t *values, ptrdiff_t tap_step, const int16_t *even, const int16_t *odd,
                                 int32_t count, int32_t channels, const int16_t *scale, int32_t sum_centre);
void ck_winograd_finish_neon(const ck_winograd_finish *work);

#endif
#endif
