#define _GNU_SOURCE
#include <link.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CMemory.h"

// Drops the pages of an object's segments that cannot be written. Those that can hold relocations, which would be lost.
static int release_segments(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size;
  (void)unused;
  const uintptr_t page = (uintptr_t)getpagesize();
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || header->p_flags & PF_W) continue;
    const uintptr_t start = info->dlpi_addr + header->p_vaddr;
    const uintptr_t first = start & ~(page - 1), end = (start + header->p_memsz) & ~(page - 1);
    if (end > first) madvise((void *)first, end - first, MADV_DONTNEED);
  }
  return 0;
}

void verge_release_idle_memory(void) {
  malloc_trim(0);
  dl_iterate_phdr(release_segments, NULL);
}
