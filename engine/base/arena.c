/* arena.c: one mapping, given out front to back. See arena.h. */
#include "base/arena.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

/* With AddressSanitizer, memory that is not taken may not be read: an overrun past the last take is found. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONED 1
#endif
#endif
#ifdef ARENA_POISONED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define PAGE ((size_t)4096)
#define HUGE_PAGE ((size_t)2 << 20)
#define LINE ((size_t)64)
#define ARENA_SIZE_MAX (SIZE_MAX / 4)

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* A mapping of nothing is refused by the kernel, so an arena of size 0 still owns one page. */
static size_t mapped_size(size_t size)
{
    return size == 0 ? PAGE : round_up(size, PAGE);
}

/* Map `size` bytes at a multiple of HUGE_PAGE: map more, give the ends back. NULL when there is no room. */
static uint8_t *map_aligned(size_t size)
{
    uint8_t *raw = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) return NULL;

    const size_t before = (HUGE_PAGE - (uintptr_t)raw % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) munmap(raw, before);
    if (before < HUGE_PAGE) munmap(raw + before + size, HUGE_PAGE - before);
    return raw + before;
}

enum clr_status clr_arena_create(struct clr_arena *arena, size_t size)
{
    arena->base = NULL;
    arena->size = 0;
    atomic_init(&arena->used, 0);
    if (size > ARENA_SIZE_MAX) return CLR_FULL;

    uint8_t *base = map_aligned(mapped_size(size));
    if (base == NULL) return CLR_FULL;
    (void)madvise(base, mapped_size(size), MADV_HUGEPAGE);      /* advice: a kernel without huge pages is only slower */
    ASAN_POISON_MEMORY_REGION(base, mapped_size(size));
    arena->base = base;
    arena->size = size;
    return CLR_OK;
}

void clr_arena_destroy(struct clr_arena *arena)
{
    if (arena->base != NULL) {
        ASAN_UNPOISON_MEMORY_REGION(arena->base, mapped_size(arena->size));
        munmap(arena->base, mapped_size(arena->size));
    }
    arena->base = NULL;
    arena->size = 0;
    atomic_store_explicit(&arena->used, 0, memory_order_relaxed);
}

void clr_arena_reset(struct clr_arena *arena)
{
    if (arena->base != NULL) ASAN_POISON_MEMORY_REGION(arena->base, mapped_size(arena->size));
    atomic_store_explicit(&arena->used, 0, memory_order_relaxed);
}

/* End of a take of `size` bytes at `used`, or SIZE_MAX when it does not fit. */
static size_t end_of_take(const struct clr_arena *arena, size_t used, size_t size)
{
    const size_t start = round_up(used, LINE);

    if (start > arena->size || size > arena->size - start) return SIZE_MAX;
    return start + size;
}

static void *handed_out(const struct clr_arena *arena, size_t end, size_t size)
{
    ASAN_UNPOISON_MEMORY_REGION(arena->base + end - size, size);
    return arena->base + end - size;
}

void *clr_arena_take(struct clr_arena *arena, size_t size)
{
    /* Relaxed: one thread takes, and nobody reads `used` to learn about the memory. */
    const size_t used = atomic_load_explicit(&arena->used, memory_order_relaxed);
    const size_t end = end_of_take(arena, used, size);

    if (arena->base == NULL || end == SIZE_MAX) return NULL;
    atomic_store_explicit(&arena->used, end, memory_order_relaxed);
    return handed_out(arena, end, size);
}

void *clr_arena_claim(struct clr_arena *arena, size_t size)
{
    /* Relaxed: only the number is contended; what is written into the memory is published by other means.
     * Compare-and-swap, not fetch-and-add: a claim that does not fit must not make a smaller one fail beside it. */
    size_t used = atomic_load_explicit(&arena->used, memory_order_relaxed);
    size_t end;

    if (arena->base == NULL) return NULL;
    do {
        end = end_of_take(arena, used, size);
        if (end == SIZE_MAX) return NULL;
    } while (!atomic_compare_exchange_weak_explicit(&arena->used, &used, end, memory_order_relaxed, memory_order_relaxed));
    return handed_out(arena, end, size);
}
