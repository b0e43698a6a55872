// Tier `neon`: Winograd products.
//
// Values are stored as the s8 that they are, so that sdot needs no correction. The register tile is that of the direct
// convolutions with tiles of outputs in place of pixels.
#include "winograd_neon.h"

#include "tile_neon.h"

#if CK_NEON
DOTPROD_BEGIN

/// P tiles of V vectors of 4 outputs.
INLINE void multiply(const ck_winograd_products *work, int32_t tile, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, tile += P) {
    int32x4_t acc[24];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int i = 0; i < P * V; i++) acc[i] = vdupq_n_s32(0);
    const int8_t *weights = work->weights;
    for (int32_t s = 0; s < 2; s++) {
      const int32_t channels = work->channels[s];
      const uint8_t *values = work->values[s] + (ptrdiff_t)tile * channels;
      // May read 12 bytes past the values of a tap: 64 lie between one tap and the next.
      weights = add_segment(acc, values, channels, weights, channels / 4, P, V, false);
    }
    int32_t *products = work->products + (ptrdiff_t)tile * 4 * V;
    UNROLL for (int i = 0; i < P * V; i++) vst1q_s32(products + 4 * i, acc[i]);
  }
}

typedef void multiply_function(const ck_winograd_products *work, int32_t tile, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_winograd_products *work, int32_t tile, int32_t tiles) { \
    multiply(work, tile, tiles, P, V); \
  }
// clang-format on
ALL_TILES

static multiply_function *const functions[8][12] = ALL_NAMES;

static void products(const ck_winograd_products *work) {
  const int32_t vectors = work->stored / 4, most = most_pixels[vectors - 1];
  const int32_t groups = (work->tiles + most - 1) / most, size = work->tiles / groups, wider = work->tiles % groups;
  if (wider) functions[vectors - 1][size](work, 0, wider);
  functions[vectors - 1][size - 1](work, wider * (size + 1), groups - wider);
}

DOTPROD_END

static const ck_winograd_kernel kernel = {.lanes = 4,
                                          .block = 32,
                                          .value_bytes = 1,
                                          .weight_bytes = 1,
                                          .offset = 0,
                                          .pack_step = ck_pack_step_neon,
                                          .vertical = ck_winograd_vertical_neon,
                                          .horizontal = ck_winograd_horizontal_neon,
                                          .products = products,
                                          .finish = ck_winograd_finish_neon};

size_t ck_winograd3x3_packed_size_neon(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_winograd_packed_size(&kernel, c0, c1, out_channels);
}

void ck_winograd3x3_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                              int32_t c1, int32_t out_channels) {
  ck_winograd_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

int32_t ck_winograd3x3_band_neon(int32_t c, int32_t out_channels) { return ck_winograd_band(&kernel, c, out_channels); }

void ck_winograd3x3_u8s8_neon(const ck_winograd_args *args) { ck_winograd(&kernel, args); }

#endif
