// Tier `avx2`: the weights of convolutions, output by output.
#include <string.h>

#include "planes_avx2.h"

#if CK_X86

// Packed: [place of a transposed convolution][output, rounded up to 8], each as long as ck_pack_output_avx2 makes it
// from [ky][kx][source][channel].

static size_t packed_size(int32_t steps, int32_t outputs) {
  return (size_t)ck_round_up(outputs, 8) * ck_output_size_avx2(steps);
}

size_t ck_conv3x3_packed_size_avx2(int32_t c0, int32_t c1, int32_t out_channels) {
  if (c0 + c1 > CK_MOST_CHANNELS) return ck_conv3x3_packed_size_c(c0, c1, out_channels);
  return packed_size(9 * (c0 + c1) / 4, out_channels);
}

void ck_conv3x3_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                          int32_t c1, int32_t out_channels) {
  const int32_t channels = c0 + c1, logical = logical0 + logical1;
  if (channels > CK_MOST_CHANNELS) {
    ck_conv3x3_pack_c(packed, weights, logical0, c0, logical1, c1, out_channels);
    return;
  }
  int8_t output[9 * CK_MOST_CHANNELS];
  for (int32_t o = 0; o < ck_round_up(out_channels, 8); o++) {
    memset(output, 0, (size_t)(9 * channels));
    for (int32_t tap = 0; tap < 9 && o < out_channels; tap++, weights += logical) {
      memcpy(output + tap * channels, weights, (size_t)logical0);
      memcpy(output + tap * channels + c0, weights + logical0, (size_t)logical1);
    }
    packed = ck_pack_output_avx2(packed, output, 9 * channels / 4);
  }
}

size_t ck_upconv2x2_packed_size_avx2(int32_t c, int32_t out_channels) {
  if (c > CK_MOST_CHANNELS) return ck_upconv2x2_packed_size_c(c, out_channels);
  return 4 * packed_size(c / 4, out_channels);
}

void ck_upconv2x2_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels) {
  if (c > CK_MOST_CHANNELS) {
    ck_upconv2x2_pack_c(packed, weights, logical, c, out_channels);
    return;
  }
  int8_t output[CK_MOST_CHANNELS];
  for (int32_t place = 0; place < 4; place++) {
    for (int32_t o = 0; o < ck_round_up(out_channels, 8); o++) {
      memset(output, 0, (size_t)c);
      if (o < out_channels) memcpy(output, weights + (4 * o + place) * logical, (size_t)logical);
      packed = ck_pack_output_avx2(packed, output, c / 4);
    }
  }
}

// The four places of a 4x4 transposed convolution have 2x2 windows at different corners of one 3x3 window: with zeros
// in the rest of it they share their planes.

size_t ck_upconv4x4_packed_size_avx2(int32_t c, int32_t out_channels) {
  if (c > CK_MOST_CHANNELS) return ck_upconv4x4_packed_size_c(c, out_channels);
  return 4 * packed_size(9 * c / 4, out_channels);
}

void ck_upconv4x4_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t out_channels) {
  if (c > CK_MOST_CHANNELS) {
    ck_upconv4x4_pack_c(packed, weights, logical, c, out_channels);
    return;
  }
  int8_t output[9 * CK_MOST_CHANNELS];
  for (int32_t place = 0; place < 4; place++) {
    for (int32_t o = 0; o < ck_round_up(out_channels, 8); o++) {
      memset(output, 0, (size_t)(9 * c));
      for (int32_t part = 0; part < 4 && o < out_channels; part++) {
        const int32_t row = place / 2 + part / 2, column = place % 2 + part % 2;
        memcpy(output + (3 * row + column) * c, weights + (16 * o + ck_upconv4x4_tap(place, part)) * logical,
               (size_t)logical);
      }
      packed = ck_pack_output_avx2(packed, output, 9 * c / 4);
    }
  }
}

#endif
