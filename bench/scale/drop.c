/*
 * drop.c: files out of the page cache, so that the next reader has to ask the disk.
 *
 *     drop FILE…
 *
 * Written pages first, or the kernel keeps them; then posix_fadvise, which no privilege is needed for. It says what stayed, in per cent of all
 * pages (mincore), and fails above five: a "cold" figure from a warm cache would be a lie.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Pages in all and those still in the cache. */
static int look(int file, size_t size, size_t *pages, size_t *kept)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), count = (size + page - 1) / page;
    void *const map = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    unsigned char *const in = malloc(count);
    int failed = map == MAP_FAILED || in == NULL || mincore(map, size, in) != 0;

    for (size_t i = 0; !failed && i < count; i++) *kept += in[i] & 1;
    *pages += count;
    free(in);
    if (map != MAP_FAILED) munmap(map, size);
    return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
    size_t pages = 0, kept = 0;

    for (int i = 1; i < argc; i++) {
        struct stat info;
        const int file = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (file < 0 || fstat(file, &info) != 0 || fsync(file) != 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
            (info.st_size > 0 && look(file, (size_t)info.st_size, &pages, &kept) != 0)) {
            perror(argv[i]);
            return 1;
        }
        close(file);
    }
    printf("%zu\n", pages == 0 ? 0 : kept * 100 / pages);
    return kept * 20 > pages;
}
