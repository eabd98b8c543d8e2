#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define EXIT_FULL 7

static _Noreturn void give_up(void)
{
    fputs(text_of("clear: out of memory; free some and run again\n", "clear: 内存不足；请释放内存后重新运行\n"), stderr);
    exit(EXIT_FULL);
}

void *memory_take(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (memory == NULL) give_up();
    return memory;
}

void *memory_grow(void *memory, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) give_up();
    void *grown = realloc(memory, bytes == 0 ? 1 : bytes);
    if (grown == NULL) give_up();
    return grown;
}

char *memory_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    return memcpy(memory_take(size, 1), text, size);
}

char *memory_print(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) give_up();
    return text;
}
