"""Passwords of twelve characters and more that lists of stolen ones name most often, case-folded."""

from typing import Final

COMMON_PASSWORDS: Final = frozenset(
    """
    000000000000 0123456789ab 012345678910 111111111111 121212121212 123123123123 123412341234 1234567890-=
    123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 123456789abc
    1234567890qwerty 123456789qwerty 123qweasdzxc 123qwe123qwe 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i
    1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc abc123abc123 abcd1234abcd abcdef123456 abcdefghijkl
    administrator administrator1 adminadmin12 adminadminadmin asdfasdfasdf asdfghjkl123
    basketball12 changeme1234 changemechangeme chocolate123 computer1234 default12345 dragondragon
    football1234 footballfootball iloveyou1234 iloveyouiloveyou iloveyousomuch internet1234 january20262026
    jordan232323 letmein12345 letmeinletmein liverpool123 manchester12 masterpassword michael12345
    monkey123456 monkeymonkey mypassword12 mypassword123 newpassword1 newpassword12 newpassword123
    p@ssw0rd1234 p@ssw0rd12345 p@ssword1234 passw0rd1234 passwd123456 password0000 password1111 password1234
    password12345 password123456 password1234567 password12345678 password123456789 password1234567890
    password2024 password2025 password2026 password@123 passwordpassword pokemon12345 princess1234
    provender123 provender1234 qazwsxedc123 qazwsxedcrfv qwer1234qwer qwerasdfzxcv qwerty012345 qwerty123456
    qwerty1234567 qwerty12345678 qwerty123456789 qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiop1234
    qwertyuiopas qwertyuiopasdfgh qwertyuiop[] samsung12345 secret123456 secretsecret spiderman123
    starwars1234 summer202420 sunshine1234 superman1234 superuser123 system123456 test12345678 testtesttest
    trustno1trustno1 unknown12345 welcome12345 welcome123456 welcomewelcome whatever1234 winter202520
    zaq12wsxcde3 zaq1xsw2cde3 zxcvbnm12345 zxcvbnm,./12 zxcvbnmasdfghjkl
    """.split()  # noqa: SIM905 - a list of a hundred strings is no better to read
)
