"""Builds the compiled part of whorl (``whorl._core``); everything else stands in pyproject.toml.

``WHORL_BUILD`` chooses the build: ``release`` (the default), ``trace`` (line tracing, for coverage of the compiled
modules) or ``asan`` (address sanitizer). A build that fails stops the installation: a slow fallback that nobody
notices would be a defect. On systems other than Linux there is no compiled part, see the README.

All modules go into one shared object: to open, map and relocate twenty of them took a quarter of the time of
``import whorl.EventLoop``. ``whorl._core`` says how they are found in there.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CORE = Path("src/whorl/_core")
# The C side of the modules: a change there changes the layout of structs in every module that uses them.
SHARED = [*CORE.glob("*.pxd"), *CORE.glob("*.h")]

# Wraparound and bounds checks are off: indices are non-negative and in range by construction, and the property tests
# run the algorithm modules uncompiled, where a wrong index is an IndexError. The registry, which has no such tests and
# whose table can be replaced by a finalizer, has bounds checks on (see its first line).
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "embedsignature": True,
    "binding": True,
    # A copied or unpickled handle or transport would be a shell without its descriptor.
    "auto_pickle": False,
    "emit_code_comments": False,
}

# Constants stay uncompressed: to unpack them (zlib) costs more time at import than to read them.
BUILDS: dict[str, tuple[list[str], list[str], list[tuple[str, str]]]] = {
    "release": (["-O2", "-fvisibility=hidden"], [], [("CYTHON_COMPRESS_STRINGS", "0")]),
    "trace": (["-O0", "-g"], [], [("CYTHON_TRACE_NOGIL", "1"), ("CYTHON_USE_SYS_MONITORING", "0")]),
    "asan": (["-O1", "-g", "-fsanitize=address", "-fno-omit-frame-pointer"], ["-fsanitize=address"], []),
}


def extensions() -> list[Extension]:
    if sys.platform != "linux":
        return []
    from Cython.Build import cythonize

    build = os.environ.get("WHORL_BUILD", "release")
    if build not in BUILDS:
        raise SystemExit(f"WHORL_BUILD={build!r} is no known build; choose one of {', '.join(BUILDS)}")
    compile_args, link_args, macros = BUILDS[build]
    sources = [path for path in sorted(CORE.glob("*.py")) if path.stem != "__init__"]
    modules = [Extension(f"whorl._core.{path.stem}", [str(path)]) for path in sources]
    directives = {**DIRECTIVES, "linetrace": build == "trace"}
    jobs = os.cpu_count() or 1
    # Cython looks at the age of the files only; another kind of build needs other C.
    made = Path("build/whorl-kind")
    same_kind = made.exists() and made.read_text() == build
    newest_shared = max(path.stat().st_mtime for path in SHARED)
    outdated = any(path.stat().st_mtime < newest_shared for path in CORE.glob("*.c"))
    cythonize(modules, compiler_directives=directives, nthreads=jobs, quiet=True, force=outdated or not same_kind)
    made.parent.mkdir(exist_ok=True)
    made.write_text(build)
    compiled = Extension(
        "whorl._core.compiled",
        [str(path.with_suffix(".c")) for path in sources],
        extra_compile_args=[*compile_args, "-Wno-unused-function"],
        extra_link_args=link_args,
        define_macros=macros,
    )
    return [compiled]


class BuildTogether(build_ext):
    """Compiles what has changed, as many files at once as there are processors, and links everything."""

    def build_extension(self, ext: Extension) -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = list(pool.map(lambda source: self.compiled(ext, source), ext.sources))
        ext.sources, ext.extra_objects, ext.depends = [], objects, objects
        super().build_extension(ext)

    def compiled(self, ext: Extension, source: str) -> str:
        (made,) = self.compiler.object_filenames([source], output_dir=self.build_temp)
        if not os.path.exists(made) or os.path.getmtime(made) <= os.path.getmtime(source):
            self.compiler.compile(
                [source], self.build_temp, macros=ext.define_macros, extra_postargs=ext.extra_compile_args
            )
        return str(made)


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildTogether})
