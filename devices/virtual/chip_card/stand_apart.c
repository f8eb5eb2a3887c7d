/* Loaded into pcscd (LD_PRELOAD) where namespaces are forbidden, so that it stands apart from every other pcscd:
 * - its files under /run/pcscd (socket and process id) are those of the folder it was started in;
 * - the vpcd driver, which binds given ports of all addresses, binds free ports of loopback; for each it leaves
 *   a file in that folder, "vpcd.ASKED", which holds the port it was given. Nobody can have taken it meanwhile.
 * Everything else stays as it is. The functions are those that Debian's pcscd 1.9.9 uses on these files. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static const char usual[] = "/run/pcscd";

#define NEXT(name) (*(void **) &next = dlsym(RTLD_NEXT, #name), next)

/* The path as seen from the folder the daemon was started in; relative, hence never too long for a socket. */
static const char *here(const char *path)
{
    size_t length = sizeof usual - 1;

    if (path == NULL || strncmp(path, usual, length) != 0)
        return path;
    if (path[length] == '\0')
        return ".";
    return path[length] == '/' ? path + length + 1 : path;
}

/* Bind a free port of loopback for the one that was asked for, and leave its number where a client looks. */
static int bind_loopback(int descriptor, const struct sockaddr_in *asked)
{
    int (*next)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in given = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof given;
    char name[32];
    FILE *file;

    if (NEXT(bind)(descriptor, (const struct sockaddr *) &given, size) != 0)
        return -1;
    if (getsockname(descriptor, (struct sockaddr *) &given, &size) != 0)
        return -1;
    snprintf(name, sizeof name, "vpcd.%u", ntohs(asked->sin_port));
    file = fopen(name, "w");
    if (file == NULL)
        return -1;
    fprintf(file, "%u\n", ntohs(given.sin_port));
    return fclose(file);
}

int bind(int descriptor, const struct sockaddr *address, socklen_t size)
{
    int (*next)(int, const struct sockaddr *, socklen_t);

    if (address->sa_family == AF_INET && size >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in asked;

        memcpy(&asked, address, sizeof asked);
        if (asked.sin_addr.s_addr == htonl(INADDR_ANY))
            return bind_loopback(descriptor, &asked);
    }
    if (address->sa_family == AF_UNIX && size > offsetof(struct sockaddr_un, sun_path)) {
        struct sockaddr_un place = {.sun_family = AF_UNIX};
        char path[sizeof place.sun_path + 1] = "";

        memcpy(path, address->sa_data, size - offsetof(struct sockaddr_un, sun_path));
        if (here(path) != path) {
            strncpy(place.sun_path, here(path), sizeof place.sun_path - 1);
            return NEXT(bind)(descriptor, (const struct sockaddr *) &place, sizeof place);
        }
    }
    return NEXT(bind)(descriptor, address, size);
}

/* The daemon goes to the root folder when it starts; it stays here instead, since its paths are relative now. */
int chdir(const char *path)
{
    (void) path;
    return 0;
}

int chmod(const char *path, mode_t mode)
{
    int (*next)(const char *, mode_t);
    return NEXT(chmod)(here(path), mode);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    FILE *(*next)(const char *, const char *);
    return NEXT(fopen)(here(path), mode);
}

int mkdir(const char *path, mode_t mode)
{
    int (*next)(const char *, mode_t);
    return NEXT(mkdir)(here(path), mode);
}

int open(const char *path, int flags, ...)
{
    int (*next)(const char *, int, ...);
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list rest;

        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return NEXT(open)(here(path), flags, mode);
}

int remove(const char *path)
{
    int (*next)(const char *);
    return NEXT(remove)(here(path));
}

int stat(const char *restrict path, struct stat *restrict facts)
{
    int (*next)(const char *, struct stat *);
    return NEXT(stat)(here(path), facts);
}

int lstat(const char *restrict path, struct stat *restrict facts)
{
    int (*next)(const char *, struct stat *);
    return NEXT(lstat)(here(path), facts);
}
