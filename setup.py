"""The compiled kernel; everything else about the package stands in pyproject.toml."""

from setuptools import Extension, setup

FOLDER = "src/newsdedup/kernel"

setup(
    ext_modules=[
        Extension(
            "newsdedup.kernel._compiled",
            sources=[f"{FOLDER}/{name}.c" for name in ("module", "edits", "likeness")],
            depends=[f"{FOLDER}/{name}.h" for name in ("kernel", "edits")],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            # Contracted multiplications and additions would round otherwise than numpy does.
            extra_compile_args=["-O3", "-ffp-contract=off"],
            py_limited_api=True,
            optional=True,  # where there is no compiler the package installs without it, and the numpy path runs
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
