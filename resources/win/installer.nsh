; Says at the end of an uninstall what stays. Silent uninstalls and updates pass without a word.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    MessageBox MB_OK|MB_ICONINFORMATION "Natter is removed. What stays is yours: your key and your posts, in $APPDATA\${PRODUCT_NAME}.$\r$\n$\r$\nDelete that folder to remove them too. Without a copy of the key nobody can bring the identity back." /SD IDOK
  ${endIf}
!macroend
