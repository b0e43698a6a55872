// Memory that ends at an unreadable page, and views in it.
#ifndef CHECK_GUARDED_H
#define CHECK_GUARDED_H

#include "ckernels.h"

/// What memory holds at first: a write where none should be changes it.
enum { CANARY = 0xa5 };

/// A block between two unreadable pages, its end flush against the second one.
typedef struct guarded {
  uint8_t *base;
  size_t size;
  uint8_t *body;  ///< the readable bytes: canaries, then the block
  size_t body_size;
} guarded;

/// A block of `size` bytes; with an alignment it ends up to alignment - 1 bytes before the page.
guarded guarded_make(size_t size, size_t alignment);
void guarded_free(guarded *memory);
/// The first offset from base at which two blocks of one size, or the canaries before them, differ; PTRDIFF_MAX if
/// none.
ptrdiff_t guarded_difference(const guarded *a, const guarded *b);

/// A view whose last readable byte lies before an unreadable page.
typedef struct guarded_view {
  guarded memory;
  ck_view view;
} guarded_view;

/// A view of `channels` logical channels, with `extra` bytes between rows that belong to nobody and `tail` bytes after
/// the last border pixel that may be read.
guarded_view guarded_view_make(int32_t height, int32_t width, int32_t channels, int32_t extra, int32_t tail);
/// Whether all bytes but the pixels of rows begin..<end still are canaries.
bool guarded_view_untouched(const guarded_view *view, int32_t begin, int32_t end);

#endif
