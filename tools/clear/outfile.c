#include "outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outplace.h"
#include "memory.h"

char *outfile_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    const int directory = slash == NULL ? 0 : (int)(slash - path + 1);
    return memory_print("%.*s.%s.part-%ld", directory, path, path + directory, (long)getpid());
}

static enum clr_status say_errno(const char *path, struct clr_fault *fault)
{
    const int error = errno;
    const bool full = error == ENOSPC || error == EDQUOT || error == EIO || error == EFBIG;
    const enum clr_status status = clr_fault_say(fault, full ? CLR_FULL : CLR_USAGE,
                                                 "cannot write the output: %s; choose another place with --out, or make room",
                                                 "无法写输出：%s；请用 --out 换一个位置，或腾出空间", strerror(error));
    clr_fault_at(fault, path, 0, NULL);
    return status;
}

enum clr_status outfile_open(struct outfile *file, const char *path, struct clr_fault *fault)
{
    *file = (struct outfile){ .out = stdout };
    if (path == NULL || strcmp(path, "-") == 0) return CLR_OK;
    CLR_TRY(clr_outplace_file(path, fault));
    file->path = memory_text(path);
    file->beside = outfile_beside(path);
    unlink(file->beside);                       /* left by a killed process of the same number */
    const int descriptor = open(file->beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    file->out = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file->out != NULL) return CLR_OK;
    const enum clr_status status = say_errno(path, fault);
    if (descriptor >= 0) close(descriptor);
    outfile_abort(file);
    return status;
}

enum clr_status outfile_commit(struct outfile *file, bool keep, struct clr_fault *fault)
{
    if (file->path == NULL) return CLR_OK;      /* the program checks standard output once, at its end */
    const bool written = fflush(file->out) == 0 && !ferror(file->out) && fsync(fileno(file->out)) == 0;
    enum clr_status status = written ? CLR_OK : say_errno(file->path, fault);
    if (status == CLR_OK && keep && rename(file->beside, file->path) != 0) status = say_errno(file->path, fault);
    if (status == CLR_OK && keep) {             /* the name is the new file's now; nothing beside is left to remove */
        free(file->beside);
        file->beside = NULL;
    }
    outfile_abort(file);
    return status;
}

void outfile_abort(struct outfile *file)
{
    if (file->path != NULL && file->out != NULL) fclose(file->out);
    if (file->beside != NULL) unlink(file->beside);
    free(file->path);
    free(file->beside);
    *file = (struct outfile){ 0 };
}

static bool directory_is_empty(const char *path)
{
    DIR *directory = opendir(path);
    unsigned entries = 0;

    if (directory == NULL) return false;
    while (entries <= 2 && readdir(directory) != NULL) entries++;     /* "." and ".." are always there */
    closedir(directory);
    return entries <= 2;
}

enum clr_status outfile_room(const char *path, struct clr_fault *fault)
{
    struct stat info;

    if (lstat(path, &info) != 0 || directory_is_empty(path)) return CLR_OK;
    const enum clr_status status = clr_fault_say(fault, CLR_USAGE,
                                                 "something is there already; choose another place, or remove it yourself",
                                                 "此处已有内容；请换一个位置，或自行移走");
    clr_fault_at(fault, path, 0, NULL);
    return status;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

void outfile_remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
