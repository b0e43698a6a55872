// Tier `c`: scaling of planar YUV to RGB.
#include "scale.h"

static void scale_across(int16_t *out, const int16_t *in, const ck_scale_axis *axis, int32_t width) {
  for (int32_t x = 0; x < width; x++) {
    const int16_t *weights = axis->weights + (ptrdiff_t)x * axis->taps, *from = in + axis->first[x];
    int32_t sum = 1 << 13;
    for (int32_t k = 0; k < axis->taps; k++) sum += from[k] * weights[k];
    out[x] = (int16_t)(sum >> 14);
  }
}

void ck_scale_yuv_rgb0_c(const ck_scale_args *args) { scale_picture(args, scale_across); }
