/** Commands that a machine or npm itself has: nobody looks for them among the packages of a tree. Pure. */
const known = new Set(
  `node nodejs npm npx pnpm pnpx yarn bun bunx corepack deno node-gyp git hg svn make gmake nmake cmake ninja meson gcc g++ cc c++ clang clang++ ld ar
  python python2 python3 py pip pip3 perl ruby gem php java javac mvn gradle go cargo rustc rustup dotnet msbuild swift xcodebuild pod brew apt apt-get apk
  yum dnf pacman choco winget docker podman sh bash zsh dash ksh fish cmd powershell pwsh osascript curl wget ssh scp rsync tar zip unzip gzip gunzip 7z
  openssl gpg jq sqlite3 sysctl systemctl service launchctl crontab at schtasks reg rundll32 regsvr32 mshta wscript cscript msiexec certutil bitsadmin
  security open xdg-open explorer ln dd tee tput stty clear uniq diff patch file stat du df mount umount ifconfig ip ping netstat nc ncat netcat socat telnet
  nslookup dig host drill adduser useradd passwd su chown chgrp kill killall pkill pgrep ps top lsof strip install_name_tool codesign ldd pkg-config
  attrib icacls takeown robocopy xcopy mklink where ver wmic tasklist taskkill setx net netsh gh hub`
    .split(/\s+/)
    .filter(Boolean),
);

/** True for commands that come from no package. */
export function isSystemTool(name: string): boolean {
  return known.has(name);
}
