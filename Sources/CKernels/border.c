// The border around a view, the same in every tier.
#include <string.h>

#include "view.h"

void ck_fill_border(const ck_view *view, int32_t row_begin, int32_t row_end, uint8_t zero_point) {
  const size_t row_bytes = (size_t)(view->width + 2) * (size_t)view->channels;
  if (row_begin == 0) memset(ck_pixel(view, -1, -1), zero_point, row_bytes);
  for (int32_t y = row_begin; y < row_end; y++) {
    memset(ck_pixel(view, y, -1), zero_point, (size_t)view->channels);
    memset(ck_pixel(view, y, view->width), zero_point, (size_t)view->channels);
  }
  if (row_end == view->height) memset(ck_pixel(view, view->height, -1), zero_point, row_bytes);
}
