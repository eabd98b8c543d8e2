/*
 * warm.c: what comes before every timed run: the inputs into the page cache, and memory touched and given back.
 *
 *     warm GIB [FILE…]
 *
 * A virtual machine gives freed memory back to its host; what is touched first afterwards costs ten times as much. So every run starts
 * from memory that was just in use.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    const size_t size = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) << 30 : 0;

    for (int i = 2; i < argc; i++) {
        const int file = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (file < 0) {
            perror(argv[i]);
            return 1;
        }
        while (read(file, buffer, sizeof buffer) > 0) continue;
        close(file);
    }
    if (size == 0) return 0;
    char *const memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("warm");
        return 1;
    }
    memset(memory, 1, size);
    munmap(memory, size);
    return 0;
}
