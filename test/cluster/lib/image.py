#!/usr/bin/env python3
"""Writes an image in the docker-archive format: image.py OUT.tar NAME ROOTFS|TAR|PROGRAM [ENTRYPOINT...]

ROOTFS is a folder, TAR a tar file (also compressed) of one, and PROGRAM a static program, which becomes the image's
only file and, without ENTRYPOINT, what it runs. The same input gives the same image.
"""

import hashlib
import io
import json
import os
import sys
import tarfile


def entry(name: str, size: int = 0, mode: int = 0o644, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.type = size, mode, kind
    return info


def as_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.mtime = 0
    info.uname = info.gname = ""
    return info


def write_layer(source: str, path: str) -> None:
    if os.path.isdir(source):
        with tarfile.open(path, "w") as layer:
            for name in sorted(os.listdir(source)):
                layer.add(os.path.join(source, name), name, filter=as_root)
    elif tarfile.is_tarfile(source):
        with tarfile.open(source) as old, tarfile.open(path, "w") as layer:
            for member in old:
                layer.addfile(member, old.extractfile(member) if member.isreg() else None)
    else:
        with tarfile.open(path, "w") as layer, open(source, "rb") as program:
            layer.addfile(entry("tmp", mode=0o1777, kind=tarfile.DIRTYPE))
            layer.addfile(entry(os.path.basename(source), os.path.getsize(source), 0o755), program)


def digest(path: str) -> str:
    sha = hashlib.sha256()
    with open(path, "rb") as content:
        while piece := content.read(1 << 20):
            sha.update(piece)
    return sha.hexdigest()


def main(out: str, name: str, source: str, *entrypoint: str) -> None:
    layer = out + ".layer"
    write_layer(source, layer)
    program = not os.path.isdir(source) and not tarfile.is_tarfile(source)
    command = list(entrypoint) or (["/" + os.path.basename(source)] if program else ["/bin/sh"])
    config = json.dumps(
        {
            "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
            "os": "linux",
            "config": {
                "Entrypoint": command,
                "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            },
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest(layer)]},
        }
    ).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(out + ".new", "w") as image:
        for file, content in ((config_name, config), ("manifest.json", manifest)):
            image.addfile(entry(file, len(content)), io.BytesIO(content))
        with open(layer, "rb") as content:
            image.addfile(entry("layer.tar", os.path.getsize(layer)), content)
    os.remove(layer)
    os.replace(out + ".new", out)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
