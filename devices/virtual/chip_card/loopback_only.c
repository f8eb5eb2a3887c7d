/* Loaded into pcscd (LD_PRELOAD) where namespaces are forbidden: the vpcd driver binds its ports to all addresses;
 * this makes it loopback. Everything else stays as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int bind(int descriptor, const struct sockaddr *address, socklen_t size)
{
    int (*next)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in local;

    *(void **) &next = dlsym(RTLD_NEXT, "bind");
    if (address->sa_family == AF_INET && size >= sizeof local) {
        memcpy(&local, address, sizeof local);
        if (local.sin_addr.s_addr == htonl(INADDR_ANY)) {
            local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            return next(descriptor, (const struct sockaddr *) &local, sizeof local);
        }
    }
    return next(descriptor, address, size);
}
