// Tier `avx2`: convolutions with a pixel in each lane; what packing, products and driver share.
//
// A vector holds 4 channels of 8 pixels, so all of its lanes meet the same 4 weights of one output. vpmaddubsw sums two
// products to s16 and saturates, but which weights it meets is known when they are packed: steps of 4 channels are put
// into groups whose sums provably fit s16, and a group of up to 4 vpmaddubsw shares one vpmaddwd that widens to s32.
#ifndef CK_PLANES_AVX2_H
#define CK_PLANES_AVX2_H

#include "avx2.h"

#if CK_X86

enum {
  CK_MOST_GROUP = 4,     ///< steps of a group
  CK_CHUNK_STEPS = 512,  ///< steps of a chunk: groups do not cross chunks
  CK_TILE_VECTORS = 8,   ///< vectors of a tile, of 8 pixels each
  CK_TILE_PIXELS = 64,
  CK_MOST_CHANNELS = 4096,  ///< of both sources; tier `c` does what has more
};

/// Counts of the groups of 4, 3, 2 and 1 steps, in this order. Behind it the groups, each as its steps' weights (4
/// bytes each) and then its steps' numbers (2 bytes each).
typedef struct ck_chunk {
  uint16_t groups[CK_MOST_GROUP];
} ck_chunk;

/// The most bytes that one output takes packed, when every step has to be split in two.
static inline size_t ck_output_size_avx2(int32_t steps) {
  const size_t chunks = ((size_t)steps + CK_CHUNK_STEPS - 1) / CK_CHUNK_STEPS;
  return chunks * sizeof(ck_chunk) + (size_t)steps * 12;
}

/// Packs one output, `steps` times 4 weights; returns the end, where the next output goes.
int8_t *ck_pack_output_avx2(int8_t *packed, const int8_t *weights, int32_t steps);

/// One output for the pixels of a tile.
typedef struct ck_tile {
  const uint8_t *planes;   ///< at the tile's first pixel
  const int32_t *offsets;  ///< [steps] bytes from there to the step's vectors
  int32_t steps;
  int32_t zero_point;
} ck_tile;

/// codes[i][p] = output i of pixel p, for 8 outputs and 8 * vectors pixels; a multiple of 32 codes is written.
/// Returns the end of the weights.
const int8_t *ck_tile_avx2(const ck_tile *tile, int32_t vectors, const int8_t *weights, const int32_t *bias,
                           const float *multiplier, uint8_t codes[8][CK_TILE_PIXELS]);

#endif
#endif
