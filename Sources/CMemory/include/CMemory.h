// Memory of the whole process, by means that Swift's Glibc module leaves out.
#pragma once

/// Gives back what a process without work does not need: the allocator's free pages, and the resident pages of program
/// and libraries that cannot be written.
///
/// The dynamic linker touches most pages of some 150 libraries once, to relocate them. What is needed again comes back
/// from the page cache, at some microseconds for 64 KiB. Takes about 2 ms. Breakpoints that a debugger has set are
/// lost.
void verge_release_idle_memory(void);
