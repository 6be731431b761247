"""The platforms: each reads an event into `Incoming`, renders a `Reply`, and runs. None decides what to say."""
