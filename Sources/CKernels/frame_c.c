// Tier `c`: the loops of the frame path, overlay blending and label counts.
#include "tables.h"

void ck_blend_row_u8_c(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                       const uint32_t add[256], size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t label = labels[i];
    dst[i] = (uint8_t)((src[i] * keep[label] + add[label]) >> 8);
  }
}

void ck_blend_row_u16_c(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                        const uint32_t add[256], size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t label = labels[i];
    dst[i] = (uint16_t)(((uint32_t)src[i] * keep[label] + add[label]) >> 8);
  }
}

void ck_count_labels_c(uint32_t counts[256], const uint8_t *labels, size_t count) {
  // Four sets of counters: neighbours mostly carry the same label, and an increment that waits for the one before it
  // would take the store-to-load latency each time.
  uint32_t lanes[4][256] = {{0}};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t k = 0; k < 4; k++) lanes[k][labels[i + k]]++;
  }
  for (; i < count; i++) lanes[0][labels[i]]++;
  for (size_t k = 0; k < 256; k++) counts[k] += lanes[0][k] + lanes[1][k] + lanes[2][k] + lanes[3][k];
}
