"""The engines of other projects, each made once per process or kept in a process of its own."""
