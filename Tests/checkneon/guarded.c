// Memory that ends at an unreadable page, and views in it.
#define _DEFAULT_SOURCE
#include "guarded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

guarded guarded_make(size_t size, size_t alignment) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), padded = (size + alignment - 1) / alignment * alignment;
  const size_t body_size = (padded + page - 1) / page * page;
  uint8_t *mapping = mmap(NULL, body_size + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED || mprotect(mapping, page, PROT_NONE) ||
      mprotect(mapping + page + body_size, page, PROT_NONE)) {
    perror("no guarded memory");
    exit(EXIT_FAILURE);
  }
  uint8_t *body = mapping + page;
  memset(body, CANARY, body_size);
  return (guarded){.base = body + body_size - padded, .size = size, .body = body, .body_size = body_size};
}

void guarded_free(guarded *memory) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (memory->body) munmap(memory->body - page, memory->body_size + 2 * page);
  memory->body = NULL;
}

ptrdiff_t guarded_difference(const guarded *a, const guarded *b) {
  if (memcmp(a->body, b->body, a->body_size) == 0) return PTRDIFF_MAX;
  size_t i = 0;
  while (a->body[i] == b->body[i]) i++;
  return (ptrdiff_t)i - (a->base - a->body);
}

guarded_view guarded_view_make(int32_t height, int32_t width, int32_t channels, int32_t extra, int32_t tail) {
  const int32_t stored = (channels + 3) / 4 * 4;
  const ptrdiff_t row = (ptrdiff_t)(width + 2) * stored, stride = row + extra;
  const guarded memory = guarded_make((size_t)((height + 1) * stride + row + tail), 1);
  return (guarded_view){.memory = memory,
                        .view = {.data = memory.base + stride + stored,
                                 .row_stride = stride,
                                 .height = height,
                                 .width = width,
                                 .channels = stored}};
}

bool guarded_view_untouched(const guarded_view *view, int32_t begin, int32_t end) {
  const ck_view *v = &view->view;
  const uint8_t *byte = view->memory.body, *last = byte + view->memory.body_size;
  for (int32_t y = begin; y <= end; y++) {
    const uint8_t *row = y < end ? v->data + y * v->row_stride : last;
    for (; byte < row; byte++) {
      if (*byte != CANARY) return false;
    }
    byte += (ptrdiff_t)v->width * v->channels;
  }
  return true;
}
