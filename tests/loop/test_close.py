"""The end of a loop: what is left, and what happens when there was no beginning."""

from .support import run_script, whorl_only


@whorl_only
def test_a_loop_for_which_there_are_no_descriptors_is_an_error_and_nothing_else() -> None:
    said = run_script(
        """
        import gc, resource
        new_loop().close()
        hoard = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))
        try:
            while True:
                hoard.append(os.dup(0))
        except OSError:
            pass
        free = 0
        while True:
            try:
                loop = new_loop()
            except OSError as error:
                assert error.errno == 24, error
                gc.collect()
                os.close(hoard.pop())
                free += 1
            else:
                loop.close()
                break
        print(free)
        """
    )
    assert said == "2\n"  # epoll and waker
